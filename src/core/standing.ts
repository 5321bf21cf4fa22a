import { type Ledger, measureMembers, narrow } from './bounds.ts';
import type { Bounds, Measure, ProcessSample, Snapshot } from './types.ts';

/** What all targets of a memory look at together. */
export interface Standing {
  /** What all processes of the snapshot at hand can hold at most, where the host tells what they hold together. */
  ledger: Ledger | undefined;
  /** Targets of the last snapshot whose condition could not be answered, though a reading would have helped. */
  undecided: number;
}

/** Before the first snapshot. */
export function noStanding(): Standing {
  return { ledger: undefined, undecided: 0 };
}

/** A measure of a group's processes together. For one process the sums of the kernel say next to nothing, and most targets have one. */
export function sumOf(
  members: readonly ProcessSample[],
  measure: Measure,
  { snapshot, standing }: { snapshot: Snapshot; standing: Standing },
): Bounds {
  const seen = measureMembers(members, measure);
  const { held } = snapshot.memory;
  const { ledger } = standing;
  if (held === undefined || ledger === undefined || members.length < 2) return seen;
  if (measure !== 'pss' && measure !== 'memory') return seen;
  return narrow(seen, members, { held, ledger, withSwap: measure === 'memory' });
}

/** What a target that is gone refers to. */
export const NO_SNAPSHOT: Snapshot = {
  time: 0,
  uptime: 0,
  boot: '',
  host: '',
  memory: { total: 0, available: 0, anon: 0, mapped: 0, swapTotal: 0, swapFree: 0 },
  processes: [],
  gone: 0,
  cost: { exact: 0, wall: 0, longest: 0, cpu: 0 },
};
