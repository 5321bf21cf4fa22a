import { messageOf } from '../core/errors.ts';
import type { RunStore } from '../core/runs.ts';

/** A run that was allowed. */
export interface Run {
  readonly at: number;
  readonly lineage: string;
  /** In the store; undefined where it could not be kept. */
  readonly id: number | undefined;
}

/** What a ledger needs. */
export interface LedgerOptions {
  /** A clock that nobody sets, ms. */
  now(): number;
  /** Absent: nothing outlives the program. */
  readonly store?: RunStore;
  /** Told when runs can't be kept, and when they can again. */
  report?(failing: boolean, message: string): void;
}

/** Counts runs by the key of their limit, over restarts of psstop where there is a store: one that crashes must not do things more often for that. */
export interface Ledger {
  /** Runs of the last `per` ms, oldest first. */
  recent(key: string, per: number): readonly Run[];
  add(key: string, lineage: string): Run;
  remove(key: string, run: Run): void;
}

/** Opens a ledger with what the store holds. */
export function openLedger({ now, store, report = () => undefined }: LedgerOptions): Ledger {
  const runs = new Map<string, Run[]>();
  /** The longest time for which each key was asked: several limits may count the same runs. */
  const longest = new Map<string, number>();
  let failing = false;
  const attempt = <T>(work: (kept: RunStore) => T): T | undefined => {
    if (store === undefined) return undefined;
    try {
      const result = work(store);
      if (failing) report(false, '');
      failing = false;
      return result;
    } catch (error) {
      if (!failing) report(true, messageOf(error));
      failing = true;
      return undefined;
    }
  };
  const of = (key: string): Run[] => runs.get(key) ?? [];
  const forget = (gone: readonly Run[]): void => {
    const ids = gone.flatMap(({ id }) => id ?? []);
    if (ids.length > 0) attempt((kept) => kept.remove(ids));
  };
  for (const { id, key, lineage, age } of attempt((kept) => kept.load()) ?? []) {
    runs.set(key, [...of(key), { id, lineage, at: now() - age }]);
  }
  return {
    recent(key, per) {
      const kept = Math.max(per, longest.get(key) ?? 0);
      longest.set(key, kept);
      const old = of(key).filter(({ at }) => at <= now() - kept);
      if (old.length > 0) {
        runs.set(key, of(key).slice(old.length));
        forget(old);
      }
      return of(key).filter(({ at }) => at > now() - per);
    },
    add(key, lineage) {
      const run = { at: now(), lineage, id: attempt((kept) => kept.add(key, lineage)) };
      runs.set(key, [...of(key), run]);
      return run;
    },
    remove(key, run) {
      runs.set(
        key,
        of(key).filter((other) => other !== run),
      );
      forget([run]);
    },
  };
}
