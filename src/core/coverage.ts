import type { Snapshot, UnreadReason } from './types.ts';

/** How much of the host's process memory a snapshot has really read. */
export interface Coverage {
  /** Sum of the exact PSS, bytes. */
  readonly exact: number;
  /** What all processes hold together: AnonPages + Mapped, bytes. The sum of PSS over all processes equals it. */
  readonly mapped: number;
  /** `exact` as a share of `mapped`, 0 to 1. */
  readonly ratio: number;
  /** How many processes have no exact reading, by reason. */
  readonly unread: Readonly<Record<UnreadReason, number>>;
  /** Processes that ended while they were being read. */
  readonly gone: number;
}

const computed = new WeakMap<Snapshot, Coverage>();

/** The coverage of a snapshot. Reckoned once for each, since rules, views and sinks all ask. */
export function coverage(snapshot: Snapshot): Coverage {
  const known = computed.get(snapshot);
  if (known) return known;
  const unread = { denied: 0, stuck: 0, postponed: 0, late: 0 };
  let exact = 0;
  for (const sample of snapshot.processes) {
    if (sample.exact) exact += sample.exact.pss;
    else if (sample.unread) unread[sample.unread] += 1;
  }
  const mapped = snapshot.memory.anon + snapshot.memory.mapped;
  // The readings are not made at one instant, so the sum can pass the total by a little.
  const ratio = mapped > 0 ? Math.min(1, exact / mapped) : 1;
  const result = { exact, mapped, ratio, unread, gone: snapshot.gone };
  computed.set(snapshot, result);
  return result;
}
