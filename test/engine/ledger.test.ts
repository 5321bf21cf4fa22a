import { expect, it } from 'vitest';
import type { RunStore } from '../../src/core/runs.ts';
import { openLedger } from '../../src/engine/ledger.ts';

/** A store in memory that can fail. */
function shelf() {
  const kept = new Map<number, { key: string; lineage: string }>();
  const state = { full: false };
  const guard = (): void => {
    if (state.full) throw new Error('no space left');
  };
  const store: RunStore = {
    load: () => [...kept].map(([id, run]) => ({ id, ...run, age: 400 })),
    add(key, lineage) {
      guard();
      kept.set(kept.size + 1, { key, lineage });
      return kept.size;
    },
    remove(ids) {
      guard();
      for (const id of ids) kept.delete(id);
    },
  };
  return { kept, state, store };
}

it('counts what an earlier run of the program did by its age, and strikes out what is old', () => {
  const { kept, store } = shelf();
  let now = 0;
  openLedger({ now: () => now, store }).add('restart', 'web');
  const later = openLedger({ now: () => now, store });
  expect(later.recent('restart', 1000).map(({ at, lineage }) => [at, lineage])).toEqual([[-400, 'web']]);
  now = 601;
  expect(later.recent('restart', 1000)).toEqual([]);
  expect(kept.size).toBe(0);
});

it('keeps runs for the longest of the limits that count them', () => {
  let now = 0;
  const ledger = openLedger({ now: () => now });
  ledger.recent('restart', 10_000);
  ledger.add('restart', 'web');
  now = 5_000;
  expect(ledger.recent('restart', 1_000)).toHaveLength(0);
  expect(ledger.recent('restart', 10_000)).toHaveLength(1);
});

it('counts on in memory while nothing can be kept, which is said once, and when it can again', () => {
  const { state, store, kept } = shelf();
  const said: boolean[] = [];
  const ledger = openLedger({ now: () => 0, store, report: (failing) => said.push(failing) });
  state.full = true;
  for (let turn = 0; turn < 3; turn += 1) ledger.add('restart', 'web');
  expect(ledger.recent('restart', 1000)).toHaveLength(3);
  expect(said).toEqual([true]);
  state.full = false;
  const last = ledger.add('restart', 'web');
  expect(said).toEqual([true, false]);
  ledger.remove('restart', last);
  expect([kept.size, ledger.recent('restart', 1000).length]).toEqual([0, 3]);
});
