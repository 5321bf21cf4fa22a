import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { under } from './mark.mjs';
import { anonymousOf, compile, folder, PROGRAM, startUntil, withCrowd } from './measure.mjs';
import { median } from './median.mjs';
import { writeRules } from './rules.mjs';

const PROCESSES = 1_000;
/** A few hundred snapshots; the windows of the rules are full well before the middle. */
const INTERVAL = '200ms';
const SECONDS = 50;
const WARM_UP = 30;

/** The variables that the unit sets. */
function unitEnvironment() {
  const unit = readFileSync(new URL('../../examples/psstop.service', import.meta.url), 'utf8');
  const [, variables = ''] = /^Environment=(.*)$/m.exec(unit) ?? [];
  return Object.fromEntries(variables.split(' ').map((variable) => /^([^=]+)=(.*)$/.exec(variable).slice(1)));
}

/** Anonymous PSS of the real daemon and its reader, started as the unit starts them, while processes come and go: the middle of many looks, and the most. */
export async function measure() {
  const crowd = compile('crowd');
  const rules = writeRules(folder, '20s');
  const command = [process.execPath, PROGRAM, 'watch', '--rules', rules, '--interval', INTERVAL];
  const looks = await withCrowd(crowd, { count: PROCESSES, churn: 1 }, async () => {
    const watch = await startUntil(command, / started: /, unitEnvironment());
    try {
      return await look(watch.pid);
    } finally {
      await watch.end();
    }
  });
  const most = (what) => Math.max(...looks.map(what));
  const daemon = ({ own }) => own;
  const both = ({ own, reader }) => own + reader;
  const what = (whose, typical) =>
    `size: ${whose}, 100 rules, ${PROCESSES} processes, the most (median ${median(looks.map(typical)).toFixed(1)})`;
  return [
    under(what('daemon', daemon), most(daemon), { mark: 20, unit: 'MiB', digits: 1 }),
    under(what('daemon and reader', both), most(both), { mark: 30, unit: 'MiB', digits: 1 }),
  ];
}

async function look(pid) {
  await sleep(WARM_UP * 1e3);
  const looks = [];
  for (let second = WARM_UP; second < SECONDS; second += 1) {
    await sleep(1_000);
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
    const readers = children.map((child) => anonymousOf(child));
    looks.push({ own: anonymousOf(pid), reader: readers.reduce((sum, one) => sum + one, 0) });
  }
  return looks;
}
