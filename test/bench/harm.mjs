import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { noted, under } from './mark.mjs';
import { compile, ENV, folder, PROGRAM, startUntil } from './measure.mjs';

const MIB = 4096;
const SECONDS = 60;
const INTERVAL = 1;
/** Its limit is so near that nothing but a reading decides, at each snapshot. */
const RULES = `rules:\n  - { name: near, select: harm, by: process, when: { above: { pss: ${MIB + 1}MiB } } }\n`;

/** What being read does to a process with much memory that maps and unmaps without a pause: alone, watched by psstop as it is, and read at every snapshot. */
export async function measure() {
  const harm = compile('harm');
  const alone = await run(harm, () => () => {});
  const watched = await run(harm, watch);
  const read = await run(harm, readAlways);
  const lost = (one) => ((one.held - alone.held) / (SECONDS * 1e3)) * 100;
  const what = `harm: ${MIB / 1024} GiB, a look each ${INTERVAL} s`;
  return [
    under(`${what}: time lost to psstop at its defaults`, lost(watched), { mark: 0.2, unit: '%', digits: 3 }),
    noted(`${what}: time lost to a reading at each`, lost(read), '%'),
    noted(`${what}: the longest call with psstop (alone ${alone.longest.toFixed(1)} ms)`, watched.longest, 'ms'),
    noted(`${what}: the longest call with a reading at each`, read.longest, 'ms'),
    noted(`${what}: fewer calls with psstop, which says less than the noise`, fewer(watched, alone), '%'),
    noted(`${what}: fewer calls with a reading at each`, fewer(read, alone), '%'),
  ];
}

function fewer({ calls }, alone) {
  return (1 - calls / alone.calls) * 100;
}

/** Runs the target while somebody looks. */
async function run(harm, look) {
  const child = spawn(harm, [String(MIB), String(SECONDS)], { env: ENV, stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  const stop = await look(child.pid);
  const { value } = await lines.next();
  await stop();
  const [calls, held, longest] = value.split(' ').map(Number);
  return { calls, held, longest };
}

async function watch() {
  const rules = join(folder, 'harm.yaml');
  writeFileSync(rules, RULES);
  const command = [process.execPath, PROGRAM, 'watch', '--rules', rules, '--interval', `${INTERVAL}s`];
  const daemon = await startUntil(command, / started: /);
  return () => daemon.end();
}

function readAlways(pid) {
  const timer = setInterval(() => readFileSync(`/proc/${pid}/smaps_rollup`), INTERVAL * 1e3);
  return () => clearInterval(timer);
}
