import { historyFile } from '../../../build/store/history/file.js';
import { HistoryKeeper } from '../../../build/store/history/keeper.js';
import { madeUpHost } from '../../bench/history-host.mjs';

/**
 * Keeps the history of a made-up host, a minute at a time, and says how far it came; an earlier run is gone on with. Time passes a
 * thousand times as fast as it does: hours are put together meanwhile, and days dropped.
 */
const [folder = '', from = '0', size = '100000000'] = process.argv.slice(2);
const fail = (_, message) => console.error(message);
const file = await historyFile(folder, { notice: (message) => console.error(message) });
const retention = { age: 2 * 86_400_000, size: Number(size) };
const keeper = new HistoryKeeper(file, { retention, report: fail });
const host = madeUpHost({ count: 30, interval: 15_000, churn: 0.2, uptime: Number(from), seed: 3 });

setInterval(() => {
  let snapshot;
  for (let index = 0; index < 40; index += 1) {
    snapshot = host.next();
    keeper.take(snapshot);
    keeper.work();
  }
  process.send?.(snapshot.uptime);
}, 0);
