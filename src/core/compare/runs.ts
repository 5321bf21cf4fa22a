import { figureOf } from '../bounds.ts';
import type { Measure, ProcessInfo, ProcessSample, Snapshot } from '../types.ts';

/**
 * One run of a name: as long as there is always one of its processes that was there before, as with workers that come and go
 * below a master. With a start from nothing another run begins. Points are what all of them hold together.
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
  /** What an age counts from: the start of the first process, or the first snapshot. */
  readonly from: 'start' | 'record';
}

interface Current {
  readonly run: NamedRun;
  readonly begun: number;
  members: ReadonlySet<string>;
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
  let first: number | undefined;
  let boot: string | undefined;
  return {
    runs,
    add(snapshot) {
      // Uptimes of two boots can't be compared, and no process outlives one.
      if (boot !== snapshot.boot) [boot, first, current] = [snapshot.boot, undefined, new Map()];
      first ??= snapshot.uptime;
      const now = new Map<string, Current>();
      for (const [name, samples] of byName(snapshot.processes, options.only)) {
        const members = new Set(samples.map(({ process }) => `${process.pid}.${process.start}`));
        const known = goingOn(current.get(name), members);
        const it = known ?? begin(name, options.from === 'record' ? first : eldest(samples));
        if (known === undefined) runs.push(it.run);
        it.members = members;
        now.set(name, it);
        note(it, snapshot.uptime, sumOf(samples, options.measure));
      }
      current = now;
    },
  };
}

function goingOn(known: Current | undefined, members: ReadonlySet<string>): Current | undefined {
  return known && [...members].some((member) => known.members.has(member)) ? known : undefined;
}

function note({ run, begun }: Current, uptime: number, value: number | undefined): void {
  if (value === undefined) return;
  run.ages.push(uptime - begun);
  run.values.push(value);
}

function begin(name: string, begun: number): Current {
  return { run: { name, ages: [], values: [] }, begun, members: new Set() };
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
