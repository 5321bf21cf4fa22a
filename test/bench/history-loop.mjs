/**
 * Keeps the history of a made-up host: node history-loop.mjs DAYS PROCESSES INTERVAL_S. Time is made up too: days pass in seconds.
 * Says what the files take, MiB; the CPU time of a snapshot, ms, without that of making it up; and the longest stall, ms.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openHistoryFile } from '../../dist/store/history/file.js';
import { HistoryKeeper } from '../../dist/store/history/sink.js';
import { madeUpHost } from './history-host.mjs';

const [days, count, seconds] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), 'psstop-history-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const fail = (message) => {
  throw new Error(message);
};
const database = await openHistoryFile(folder, { notice: fail });
const retention = { age: 30 * 86_400_000, size: 200 * 2 ** 20 };
const keeper = new HistoryKeeper(database, { retention, report: (_, message) => fail(message) });
const host = madeUpHost({ count, interval: seconds * 1_000, churn: seconds / 15 });

const snapshots = Math.round((days * 86_400) / seconds);
let [cpu, longest, took, readings] = [0, 0, 0, 0];
for (let index = 0; index < snapshots; index += 1) {
  const snapshot = host.next();
  readings += snapshot.processes.length;
  const before = process.cpuUsage();
  const began = performance.now();
  keeper.take(snapshot);
  keeper.work();
  const passed = performance.now() - began;
  const { user, system } = process.cpuUsage(before);
  cpu += (user + system) / 1e3;
  took += passed;
  longest = Math.max(longest, passed);
}
const size = ['', '-wal'].reduce(
  (sum, end) => sum + (statSync(join(folder, `history.db${end}`), { throwIfNoEntry: false })?.size ?? 0),
  0,
);
const rows = database
  .prepare('SELECT level, count(*) AS blocks, sum(length(data)) AS bytes FROM blocks GROUP BY level')
  .all();
const tracks = database.prepare('SELECT count(*) AS n FROM tracks').all()[0].n;
keeper.close();
const closed = statSync(join(folder, 'history.db')).size;
const heap = process.memoryUsage().heapUsed / 2 ** 20;
console.log(
  JSON.stringify({
    size: size / 2 ** 20,
    closed: closed / 2 ** 20,
    cpu: cpu / snapshots,
    took: took / snapshots,
    longest,
    readings,
    tracks,
    rows,
    heap,
  }),
);
