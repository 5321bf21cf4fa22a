import type { ExactReading, ProcessSample } from './types.ts';

const NOTHING: Partial<ProcessSample> = {};

/** When somebody was last read, or had not moved since, uptime in ms; the time before all others where nobody ever was. */
export function newestReading(members: readonly ProcessSample[], uptime: number): number {
  let newest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < members.length; i += 1) {
    const { exact, last, still } = members[i] ?? NOTHING;
    const at = exact !== undefined || still ? uptime : last?.at;
    if (at !== undefined && at > newest) newest = at;
  }
  return newest;
}

/**
 * The last readings added up, where none is older than `age` ms, unless nothing changed since; undefined where one is missing.
 * What is returned may be filled anew by the next call. Hot: called for each history at each snapshot.
 */
export function sumOfReadings(
  members: readonly ProcessSample[],
  { uptime, age }: { uptime: number; age: number },
): ExactReading | undefined {
  const only = members.length === 1 ? members[0] : undefined;
  // Most targets have one member.
  if (only !== undefined && only.unread !== 'gone') return latest(only, uptime - age);
  clearSum();
  for (let i = 0; i < members.length; i += 1) {
    const sample = members[i];
    if (sample === undefined || sample.unread === 'gone') continue;
    const reading = latest(sample, uptime - age);
    if (reading === undefined) return undefined;
    addToSum(reading);
  }
  return SUM;
}

/** The last reading of a process that was not made before an uptime, ms, or still holds. */
function latest({ exact, last, still }: ProcessSample, since: number): ExactReading | undefined {
  return exact ?? (last !== undefined && (still || last.at >= since) ? last : undefined);
}

const SUM: { -readonly [K in keyof ExactReading]: number } = {
  at: 0,
  pss: 0,
  swapPss: 0,
  rss: 0,
  uss: 0,
  anon: 0,
  file: 0,
  shmem: 0,
  dirty: 0,
};

function clearSum(): void {
  SUM.at = Number.POSITIVE_INFINITY;
  SUM.pss = 0;
  SUM.swapPss = 0;
  SUM.rss = 0;
  SUM.uss = 0;
  SUM.anon = 0;
  SUM.file = 0;
  SUM.shmem = 0;
  SUM.dirty = 0;
}

function addToSum(reading: ExactReading): void {
  SUM.at = Math.min(SUM.at, reading.at);
  SUM.pss += reading.pss;
  SUM.swapPss += reading.swapPss;
  SUM.rss += reading.rss;
  SUM.uss += reading.uss;
  SUM.anon += reading.anon;
  SUM.file += reading.file;
  SUM.shmem += reading.shmem;
  SUM.dirty += reading.dirty;
}
