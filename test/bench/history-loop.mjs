/**
 * Keeps the history of a made-up host: node history-loop.mjs DAYS PROCESSES INTERVAL_S. Time is made up too: days pass in seconds. Says
 * what the file takes, MB of 10^6 bytes; the CPU time of a snapshot, ms, without that of making it up; and the longest stall, ms.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { historyFile } from '../../build/store/history/file.js';
import { HistoryKeeper } from '../../build/store/history/keeper.js';
import { madeUpHost } from './history-host.mjs';

const [days = 1, count = 200, seconds = 15] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), 'psstop-history-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const fail = (message) => {
  throw new Error(message);
};
const file = await historyFile(folder, { notice: fail });
const retention = { age: 30 * 86_400_000, size: 200e6 };
const keeper = new HistoryKeeper(file, { retention, report: (_, message) => fail(message) });
// Every half minute a process comes that lives for ten minutes or so: 86,400 lives a month.
const host = madeUpHost({ count, interval: seconds * 1_000, churn: seconds / 30 });

const snapshots = Math.round((days * 86_400) / seconds);
let [cpu, longest, readings] = [0, 0, 0];
for (let index = 0; index < snapshots; index += 1) {
  const snapshot = host.next();
  readings += snapshot.processes.length;
  const before = process.cpuUsage();
  const began = performance.now();
  keeper.take(snapshot);
  keeper.work();
  longest = Math.max(longest, performance.now() - began);
  const { user, system } = process.cpuUsage(before);
  cpu += (user + system) / 1e3;
}
const bytes = ['', '-wal'].reduce((sum, end) => sum + statSync(join(folder, `history.db${end}`)).size, 0);
keeper.close();
const tracks = file.open().prepare('SELECT count(*) AS count FROM tracks').all()[0].count;
console.log(JSON.stringify({ megabytes: bytes / 1e6, cpu: cpu / snapshots, longest, readings, tracks }));
