import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cpuOfTree } from './cpu.mjs';
import { under } from './mark.mjs';
import { compile, folder, PROGRAM, startUntil, withCrowd } from './measure.mjs';

const PROCESSES = 1_000;
const INTERVAL = 5;
/** The window of the shipped growth rule is made a twelfth as long, so that a bench sees what half a day shows: each process is read as much more often. */
const [WINDOW, SHORTER] = ['over: 12h', 'over: 1h'];
/** By then it is as it will be for months: whoever is old enough has a history, and code that runs for each process is optimized. */
const WARM_UP = 300;
const SECONDS = 120;

/** CPU time of the whole daemon with its helpers, with the rules that ship, on a host where nothing is the matter. */
export async function measure() {
  const command = [process.execPath, PROGRAM, 'watch', '--rules', shippedRules(), '--interval', `${INTERVAL}s`];
  const share = await withCrowd(compile('crowd'), { count: PROCESSES }, async () => {
    const watch = await startUntil(command, / started: /);
    try {
      await sleep(WARM_UP * 1e3);
      const before = cpuOfTree(watch.pid);
      const began = performance.now();
      await sleep(SECONDS * 1e3);
      return ((cpuOfTree(watch.pid) - before) / (performance.now() - began)) * 100;
    } finally {
      await watch.end();
    }
  });
  const what = `daemon: shipped rules, ${PROCESSES} processes, every ${INTERVAL} s, of one CPU`;
  return [under(what, share, { mark: 0.4, unit: '%' })];
}

function shippedRules() {
  const rules = mkdtempSync(join(folder, 'shipped-'));
  cpSync(fileURLToPath(new URL('../../rules', import.meta.url)), rules, { recursive: true });
  let shortened = 0;
  for (const name of readdirSync(rules)) {
    const path = join(rules, name);
    const text = readFileSync(path, 'utf8');
    if (text.includes(WINDOW)) shortened += 1;
    writeFileSync(path, text.replace(WINDOW, SHORTER));
  }
  if (shortened === 0) throw new Error(`no shipped rule says "${WINDOW}" any more`);
  return rules;
}
