import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openStore } from '../../src/store/open.ts';
import { runStore } from '../../src/store/runs.ts';

const DAY = 86_400_000;

it('what counts against limits is there at the next start, older by the time between, and struck out for good', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'psstop-runs-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const open = () => openStore(folder, { notice: () => undefined });
  const first = await open();
  let now = { boot: 'a', uptime: 5 * DAY + 0.25, time: 20_000 * DAY + 0.5 };
  const store = runStore(first.database, () => now);
  const ids = ['web', 'db'].map((lineage) => store.add('restart', lineage));
  expect(new Set(ids).size).toBe(2);
  store.remove(ids.slice(1));
  first.close();

  const second = await open();
  onTestFinished(second.close);
  const again = runStore(second.database, () => now);
  now = { boot: 'a', uptime: 6 * DAY, time: 0 };
  expect(again.load()).toEqual([{ id: ids[0], key: 'restart', lineage: 'web', age: DAY }]);
  now = { boot: 'b', uptime: DAY, time: 20_100 * DAY };
  expect(again.load()).toEqual([]);
  now = { boot: 'a', uptime: 6 * DAY, time: 0 };
  expect(again.load()).toEqual([]);
});
