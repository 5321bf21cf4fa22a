import fc from 'fast-check';
import type { ProcessInfo, ProcessSample, Snapshot } from '../../src/core/types.ts';
import { MiB, sample, snapshot } from './world.ts';

/** What befalls somebody of a made-up host before a snapshot; numbers choose whom, whatever there is. */
export type Change =
  | { readonly kind: 'come' | 'rename'; readonly who: number; readonly name: string; readonly unit: string }
  | { readonly kind: 'go' | 'reuse' | 'move'; readonly who: number }
  | { readonly kind: 'adopt'; readonly who: number; readonly parent: number };

/** One snapshot of it: what came before, and who has ended by the time they are read. */
export interface Scene {
  readonly changes: readonly Change[];
  readonly gone: readonly number[];
  /** MiB of everybody, by pid. */
  readonly sizes: readonly number[];
}

const who = fc.nat(9);
const name = fc.constantFrom('web', 'db', 'sh', 'job');
const unit = fc.constantFrom('', 'a.service', 'b.service');
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constantFrom('come' as const, 'come' as const, 'rename' as const), who, name, unit }),
  fc.record({ kind: fc.constantFrom('go' as const, 'reuse' as const, 'move' as const), who }),
  fc.record({ kind: fc.constant('adopt' as const), who, parent: who }),
);

/** Some snapshots of a host on which little stays as it is. */
export const scenes: fc.Arbitrary<readonly Scene[]> = fc.array(
  fc.record({
    changes: fc.array(change, { maxLength: 5 }),
    gone: fc.array(who, { maxLength: 2 }),
    sizes: fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 7, maxLength: 7 }),
  }),
  { minLength: 2, maxLength: 12 },
);

/** Plays scenes, five seconds apart: whoever stays as they are stays the same object, as with a source. */
export function* played(all: readonly Scene[]): Generator<Snapshot> {
  let there: ProcessInfo[] = [];
  let made = 10;
  let seconds = 100;
  for (const { changes, gone, sizes } of all) {
    seconds += 5;
    for (const one of changes)
      there = changed(there, one, { pid: ++made, startedAt: seconds * 1000 - (made % 7) * 1000 });
    const ended = new Set(gone.map((index) => there[index]?.pid));
    const sampleOf = (process: ProcessInfo): ProcessSample => {
      const pss = (sizes[process.pid % sizes.length] ?? 1) * MiB;
      const { exact } = sample({ pid: process.pid, pss }, seconds * 1000);
      if (ended.has(process.pid)) return { process, rss: pss, unread: 'gone' };
      return { process, rss: pss, ...(exact && { exact }) };
    };
    yield snapshot(seconds, there.map(sampleOf));
  }
}

function changed(
  there: readonly ProcessInfo[],
  change: Change,
  next: { readonly pid: number; readonly startedAt: number },
): ProcessInfo[] {
  const { kind } = change;
  const index = there.length > 0 ? change.who % there.length : 0;
  const one = there[index];
  const others = there.filter((_, other) => other !== index);
  if (kind === 'come') return there.toSpliced(index, 0, newcomer(next, change, one?.pid ?? 0));
  if (one === undefined) return [...there];
  switch (kind) {
    case 'go':
      return others;
    case 'move':
      return [...others, one];
    case 'reuse':
      return there.with(index, { ...one, startedAt: next.startedAt, start: next.startedAt / 10 });
    case 'adopt':
      return there.with(index, { ...one, ppid: there[change.parent % there.length]?.pid ?? 0 });
    default:
      return there.with(index, named(one, change));
  }
}

function newcomer(
  { pid, startedAt }: { readonly pid: number; readonly startedAt: number },
  called: { readonly name: string; readonly unit: string },
  ppid: number,
): ProcessInfo {
  return named(sample({ pid, startedAt, ppid }).process, called);
}

function named(
  { unit: _, ...process }: ProcessInfo,
  called: { readonly name: string; readonly unit: string },
): ProcessInfo {
  return { ...process, name: called.name, ...(called.unit !== '' && { unit: called.unit }) };
}
