import { figureOf } from '../bounds.ts';
import type { Measure, ProcessInfo, ProcessSample, Snapshot } from '../types.ts';

/**
 * One run of a name: as long as there is always one of its processes that was there two snapshots before, as with workers that
 * come and go below a master. Where all of them are others another run begins; that both are in one snapshot says nothing, as one
 * of an old history stands for minutes. Points are what all of them hold together.
 */
export interface NamedRun {
  readonly name: string;
  /** ms since its first process started (or since the record began), rising. */
  readonly ages: number[];
  /** Bytes. */
  readonly values: number[];
}

/** How runs are made of snapshots. */
export interface GatherOptions {
  readonly measure: Measure;
  /** Which processes count. */
  readonly only: (process: ProcessInfo) => boolean;
  /** What an age counts from: the start of the first process, or the beginning of the record, by the clock on the wall. */
  readonly from: 'start' | 'record';
  /** When the record begins, Unix ms; absent: with its first snapshot. */
  readonly since?: number;
}

interface Current {
  readonly run: NamedRun;
  readonly begun: number;
  /** Who was there in the last snapshot, and in the one before it. */
  members: ReadonlySet<string>;
  before: ReadonlySet<string> | undefined;
}

/** Takes the snapshots of one record, in order, and gives the runs of each name that were seen in it. */
export interface Gathering {
  add(snapshot: Snapshot): void;
  readonly runs: readonly NamedRun[];
}

/** Begins with nothing seen. */
export function gather(options: GatherOptions): Gathering {
  const runs: NamedRun[] = [];
  let current = new Map<string, Current>();
  let first = options.since;
  let boot: string | undefined;
  const begunAt = (samples: readonly ProcessSample[]): number =>
    options.from === 'record' ? (first ?? 0) : eldest(samples);
  return {
    runs,
    add(snapshot) {
      // No process outlives a boot, though pids come again.
      if (boot !== snapshot.boot) [boot, current] = [snapshot.boot, new Map()];
      first ??= snapshot.time;
      const clock = options.from === 'record' ? snapshot.time : snapshot.uptime;
      const now = new Map<string, Current>();
      for (const [name, samples] of byName(snapshot.processes, options.only)) {
        const members = new Set(samples.map(({ process }) => `${process.pid}.${process.start}`));
        const known = goingOn(current.get(name), members);
        const it = known ?? begin(name, begunAt(samples));
        if (known === undefined) runs.push(it.run);
        it.before = known && it.members;
        it.members = members;
        now.set(name, it);
        note(it, clock, sumOf(samples, options.measure));
      }
      current = now;
    },
  };
}

function goingOn(known: Current | undefined, members: ReadonlySet<string>): Current | undefined {
  const there = known?.before ?? known?.members;
  return there && [...members].some((member) => there.has(member)) ? known : undefined;
}

/** Ages rise: what comes while a clock that was put back catches up is left out. */
function note({ run, begun }: Current, clock: number, value: number | undefined): void {
  const age = clock - begun;
  if (value === undefined || age < 0 || age <= (run.ages.at(-1) ?? -1)) return;
  run.ages.push(age);
  run.values.push(value);
}

function begin(name: string, begun: number): Current {
  return { run: { name, ages: [], values: [] }, begun, members: new Set(), before: undefined };
}

function byName(
  processes: readonly ProcessSample[],
  only: (process: ProcessInfo) => boolean,
): ReadonlyMap<string, readonly ProcessSample[]> {
  const found = new Map<string, ProcessSample[]>();
  for (const sample of processes) {
    if (!only(sample.process) || sample.unread === 'gone') continue;
    const { name } = sample.process;
    const members = found.get(name);
    if (members) members.push(sample);
    else found.set(name, [sample]);
  }
  return found;
}

function eldest(samples: readonly ProcessSample[]): number {
  return Math.min(...samples.map(({ process }) => process.startedAt));
}

/** Undefined where one of them was never read: a sum without it would be another figure. */
function sumOf(samples: readonly ProcessSample[], measure: Measure): number | undefined {
  let sum = 0;
  for (const { exact, last } of samples) {
    const reading = exact ?? last;
    if (reading === undefined) return undefined;
    sum += figureOf(reading, measure);
  }
  return sum;
}
