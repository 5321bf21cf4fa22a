import { accessSync, constants, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noted, under } from './mark.mjs';
import { folder } from './measure.mjs';
import { median } from './median.mjs';
import { QUIET, startLoop } from './sampler.mjs';

const COUNTS = [1_000, 10_000, 100_000];
const ROUNDS = 7;
const WARM_UP = 5;
const PAGE = 4096;

/** What a snapshot costs of a host with many processes: a made-up one, as few machines have so many. */
export async function* measure() {
  const rules = join(folder, 'scale.yaml');
  writeFileSync(rules, `rules:\n${QUIET.map((rule) => `  - ${rule}\n`).join('')}`);
  const costs = [];
  for (const count of COUNTS) {
    const root = mkdtempSync(join(inMemory(), 'psstop-scale-'));
    try {
      writeHost(root, count);
      costs.push(await costOf(rules, root));
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
    yield noted(`scale: a snapshot of ${count} processes, CPU`, costs.at(-1), 'ms');
  }
  const each = costs.map((cost, index) => cost / COUNTS[index]);
  const what = (index) => `scale: a process of ${COUNTS[index]} beside one of ${COUNTS[0]}`;
  for (const index of [1, 2]) yield under(what(index), each[index] / each[0], { mark: 1.5, unit: 'x' });
}

async function costOf(rules, root) {
  const loop = startLoop(rules, root);
  try {
    for (let i = 0; i < WARM_UP; i += 1) await loop.next();
    const costs = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const { own, reader } = await loop.next();
      costs.push(own + reader);
    }
    return median(costs);
  } finally {
    await loop.end();
  }
}

/** Where files are written and removed fastest. */
function inMemory() {
  try {
    accessSync('/dev/shm', constants.W_OK);
    return '/dev/shm';
  } catch {
    return tmpdir();
  }
}

/** A proc folder with what a snapshot looks at (proc(5)). */
function writeHost(root, count) {
  writeFileSync(join(root, 'meminfo'), meminfo(count));
  writeFileSync(join(root, 'uptime'), '90000.00 90000.00\n');
  for (let pid = 1; pid <= count; pid += 1) {
    const process = join(root, String(pid));
    mkdirSync(process);
    const pages = 500 + (pid % 1_000);
    const name = `app-${String(pid % 50).padStart(2, '0')}`;
    writeFileSync(join(process, 'stat'), stat({ pid, name, pages }));
    writeFileSync(join(process, 'statm'), `4000 ${pages} 300 10 0 200 0\n`);
    writeFileSync(join(process, 'smaps_rollup'), rollup(pages));
    writeFileSync(join(process, 'status'), `Name:\t${name}\nUid:\t1000\t1000\t1000\t1000\nVmSwap:\t0 kB\n`);
    writeFileSync(join(process, 'cgroup'), `0::/system.slice/app-${pid % 100}.service\n`);
  }
}

function stat({ pid, name, pages }) {
  const times = '0 0 0 0 5 5 0 0 20 0 1 0';
  return `${pid} (${name}) S 0 ${pid} ${pid} 0 -1 4194560 ${times} ${1_000 + pid} ${4_000 * PAGE} ${pages} ${'0 '.repeat(27)}0\n`;
}

function rollup(pages) {
  const size = pages * 4;
  const [anon, file] = [kB('Pss_Anon', size - 1_200), kB('Pss_File', 100)];
  const memory = kB('Rss', size) + kB('Pss', size - 1_100) + anon + file + kB('Pss_Shmem', 0);
  return `00400000-7fff00000000 ---p 00000000 00:00 0 [rollup]\n${memory}${kB('Private_Dirty', size - 1_200)}${kB('SwapPss', 0)}`;
}

function kB(name, value) {
  return `${name}: ${value} kB\n`;
}

function meminfo(count) {
  const total = 64 * 2 ** 20 + count * 8_000;
  const host = kB('MemTotal', total) + kB('MemFree', total / 2) + kB('MemAvailable', total / 2);
  return host + kB('AnonPages', count * 1_000) + kB('Mapped', 300_000) + kB('SwapTotal', 0) + kB('SwapFree', 0);
}
