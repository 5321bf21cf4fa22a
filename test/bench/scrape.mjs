// What a page for Prometheus costs, ms of CPU: median of 40, after 20 to warm up, each of another snapshot of 1,000 groups.
import { createExporter } from '../../build/sinks/prometheus/exporter.js';
import { median } from './median.mjs';

const MiB = 2 ** 20;
const context = { host: 'h', version: '1', live: true, notice: () => undefined };

for (const series of [5000, 100_000]) {
  const labels = ['name', 'unit', 'container'];
  const exporter = createExporter({ labels, measures: ['pss', 'swap', 'uss', 'rss'], series }, context);
  const costs = [];
  let lines = 0;
  for (let round = 0; round < 60; round += 1) {
    exporter.snapshot(snapshotAt(round));
    const before = process.cpuUsage();
    const page = exporter.page('openmetrics');
    const { user, system } = process.cpuUsage(before);
    costs.push((user + system) / 1000);
    lines =
      page
        .toString()
        .split('\n')
        .filter((line) => !line.startsWith('#')).length - 1;
  }
  console.log(`${lines} series: ${median(costs.slice(20)).toFixed(1)} ms, the first time ${costs[0].toFixed(1)} ms`);
}

function snapshotAt(round) {
  const reading = { at: 1e6, pss: MiB, swapPss: 0, rss: 10 * MiB, uss: MiB, anon: MiB, file: 0, shmem: 0, dirty: MiB };
  const processes = Array.from({ length: 1000 }, (_, index) => {
    const who = { name: `process-${index}`, unit: `unit-${index}.service`, cgroup: '/', uid: 0, user: 'root' };
    const process = { pid: index + 2, start: 1, startedAt: 10, ppid: 1, ...who };
    return { process, rss: 10 * MiB, shared: MiB, swap: 0, last: { ...reading, pss: (index % 7) * MiB } };
  });
  const memory = { total: 64 * 2 ** 30, available: 2 ** 35, anon: 0, mapped: 0, swapTotal: 0, swapFree: 0 };
  const cost = { exact: 0, wall: 1, longest: 1, cpu: 1 };
  return { time: 1e12 + round, uptime: 1e7 + round, boot: 'b', host: 'h', gone: 0, memory, processes, cost };
}
