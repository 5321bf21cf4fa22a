import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyFile } from '../../../build/store/history/file.js';
import { HistoryKeeper } from '../../../build/store/history/keeper.js';
import { openHistory } from '../../../build/store/history/reader.js';
import { madeUpHost } from '../../bench/history-host.mjs';

/** Keeps a history on a small disk, fills the rest of that, and makes room again. */
const [folder = ''] = process.argv.slice(2);
const told = [];
const file = await historyFile(folder, { notice: (message) => console.error(message) });
const keeper = new HistoryKeeper(file, {
  retention: { age: 86_400_000, size: 10_000_000 },
  report: (_, message) => told.push(message),
});
const host = madeUpHost({ count: 30, interval: 15_000, churn: 0.2 });
const minutes = (count) => {
  for (let index = 0; index < count * 4; index += 1) {
    keeper.take(host.next());
    keeper.work();
  }
};
const countHosts = async () => {
  const reader = await openHistory(folder);
  const { length } = reader.hosts();
  reader.close();
  return length;
};

minutes(3);
const before = await countHosts();
const ballast = join(folder, 'ballast');
try {
  writeFileSync(ballast, 'x'.repeat(2_000_000));
} catch {
  // As much as there was room for.
}
minutes(20);
const between = await countHosts();
rmSync(ballast);
minutes(5);
const after = await countHosts();
keeper.close();
console.log(JSON.stringify({ told, before, between, after }));
