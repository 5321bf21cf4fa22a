import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { noted, under } from './mark.mjs';
import { compile, ENV, folder, PROGRAM, startUntil } from './measure.mjs';

const MIB = 4096;
/** With psstop it takes longer: the first reading of a process is made at once, whatever it costs, and is to be a small part of what is measured. The program has been started by then. */
const SECONDS = 60;
const WATCHED_SECONDS = 180;
const INTERVAL = 1;
/** Its limit is so near that nothing but a reading decides, at each snapshot. */
const RULES = `rules:\n  - { name: near, select: harm, by: process, when: { above: { pss: ${MIB + 1}MiB } } }\n`;

/** What being read does to a process with much memory that maps and unmaps without a pause: alone, watched by psstop as it is, and read at every snapshot. */
export async function measure() {
  const harm = compile('harm');
  const alone = await run(harm, SECONDS, () => () => {});
  const watched = await run(harm, WATCHED_SECONDS, watch);
  const read = await run(harm, SECONDS, readAlways);
  const lost = (one) => (one.held - alone.held) * 100;
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

/** Runs the target while somebody looks. @returns its calls a second, the share of time in which they were held up, and the longest, ms. */
async function run(harm, seconds, look) {
  const child = spawn(harm, [String(MIB), String(seconds)], { env: ENV, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  const stop = await look(child.pid);
  child.stdin.end('\n');
  const { value } = await lines.next();
  await stop();
  const [calls, held, longest] = value.split(' ').map(Number);
  return { calls: calls / seconds, held: held / (seconds * 1e3), longest };
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
