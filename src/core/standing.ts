import { type Ledger, measureMembers, narrow } from './bounds.ts';
import { exactly, measureHost, oldestAge } from './measure.ts';
import type { Services } from './trend/services.ts';
import type { Bounds, Measure, ProcessSample, Snapshot } from './types.ts';

/** What all targets of a memory look at together. */
export interface Standing {
  /** What all processes of the snapshot at hand can hold at most, where the host tells what they hold together. */
  ledger: Ledger | undefined;
  /** Targets of the last snapshot whose condition could not be answered, though a reading would have helped. */
  undecided: number;
  /** What the runs of services held that have ended, for the comparison of builds. */
  readonly services: Services;
}

/** Before the first snapshot. */
export function noStanding(): Standing {
  return { ledger: undefined, undecided: 0, services: new Map() };
}

/** The members of a target, in a snapshot. */
interface Scene {
  readonly members: readonly ProcessSample[];
  readonly snapshot: Snapshot;
  readonly standing: Standing;
}

/** A measure of a target; undefined when nothing is known of it. */
export function measureTarget(measure: Measure, { members, snapshot, standing }: Scene): Bounds | undefined {
  switch (measure) {
    case 'count':
      return exactly(members.length);
    case 'age':
      return exactly(oldestAge(members, snapshot.uptime));
    case 'undecided':
      return exactly(standing.undecided);
    case 'available':
    case 'total':
    case 'unaccounted':
    case 'coverage':
      return measureHost(snapshot, measure);
    default:
      return sumOf(members, measure, { snapshot, standing });
  }
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
