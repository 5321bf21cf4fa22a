import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { under } from './mark.mjs';
import { compile, cpuOf, ENV, folder, startUntil, withCrowd } from './measure.mjs';
import { median } from './median.mjs';

const SMALL = 1_000;
/** In turn, several of one kind at a time: after the other's walk over gigabytes of page tables no cache holds anything of one's own. */
const BLOCKS = 7;
const IN_A_ROW = 5;
/** Every process is read once when it has lived for a while, and code that runs all the time is optimized. */
const SETTLE = 11_000;
const WARM_UP = 150;

/** Levels that nothing comes near to, and others on top of them. */
export const QUIET = [
  '{ name: q1, by: process, when: { above: { pss: 90% of ram } } }',
  '{ name: q2, by: name, when: { above: { pss: 100TiB } }, for: 1m }',
  '{ name: q3, by: unit, when: { above: { memory: 100TiB, clear: 90TiB } } }',
  '{ name: q4, by: host, when: { below: { available: 1B } } }',
];
const FEW = '{ name: few, select: app-00, by: process, when: { above: { pss: 300KiB } } }';
const ALL = '{ name: all, by: process, when: { above: { pss: 300KiB } } }';

/** What a snapshot costs that reads only what the rules depend on, beside a C program that reads every smaps_rollup. */
export async function* measure() {
  const tools = Object.fromEntries(['cost', 'crowd', 'herd', 'rollup'].map((name) => [name, compile(name)]));
  const small = (use) => withCrowd(tools.crowd, { count: SMALL }, use);
  const herd =
    (...args) =>
    async (use) => {
      const running = await startUntil([tools.herd, ...args.map(String)], /ready/);
      return use().finally(() => running.end());
    };
  const mixed = herd(1_000, 200, 8, 50, 256);
  const sharers = herd(0, 0, 0, 50, 1024);
  const compared = async (what, rules, { among, mark, digits = 3 }) => {
    const { ours, theirs, exact } = await among(() => compare(tools, rules));
    const shown = `${ours.toFixed(2)} against ${theirs.toFixed(1)} ms of CPU, ${exact} read`;
    return under(`sampler: ${what} (${shown})`, ours / theirs, { mark, unit: 'x', digits });
  };
  yield compared(`quiet, ${SMALL} small processes`, QUIET, { among: small, mark: 0.25 });
  yield compared('quiet, 1,300 mixed processes', QUIET, { among: mixed, mark: 0.05, digits: 4 });
  yield compared('quiet, 50 processes sharing 1 GiB', QUIET, { among: sharers, mark: 0.005, digits: 4 });
  yield compared(`twenty of ${SMALL} near their limit`, [...QUIET, FEW], { among: small, mark: 0.2 });
  yield compared(`all of ${SMALL} near their limit`, [...QUIET, ALL], { among: small, mark: 1.5 });
}

async function compare({ cost, rollup }, rules) {
  const file = join(folder, 'sampler.yaml');
  writeFileSync(file, `rules:\n${rules.map((rule) => `  - ${rule}\n`).join('')}`);
  const loop = startLoop(file);
  try {
    await new Promise((resolve) => setTimeout(resolve, SETTLE));
    for (let i = 0; i < WARM_UP; i += 1) await loop.next();
    const ours = [];
    const theirs = [];
    for (let block = 0; block < BLOCKS; block += 1) {
      for (let i = 0; i < IN_A_ROW; i += 1) theirs.push(cpuOf(cost, [rollup]));
      for (let i = 0; i < IN_A_ROW; i += 1) ours.push(await loop.next());
    }
    const exact = median(ours.map((seen) => seen.exact));
    return { ours: median(ours.map(({ own, reader }) => own + reader)), theirs: median(theirs), exact };
  } finally {
    await loop.end();
  }
}

/** The daemon's loop in a process of its own. `next` has it take a snapshot. */
export function startLoop(file, ...args) {
  const script = fileURLToPath(new URL('sampler-loop.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, file, ...args], { env: ENV, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const gone = new Promise((resolve) => child.once('close', resolve));
  return {
    async next() {
      child.stdin.write('go\n');
      const { value, done } = await lines.next();
      if (done) throw new Error('sampler-loop.mjs ended');
      return JSON.parse(value);
    },
    end() {
      child.stdin.end();
      return gone;
    },
  };
}
