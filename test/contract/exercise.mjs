// Makes a plugin from its own example in a process of its own and handles it roughly. The process must end by itself,
// with no error: a timer, socket or file that is left open keeps it alive, and the test sees that.
import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { basename, join } from 'node:path';
import { findPlugins } from '../../build/config/plugins.js';
import { secretPlaces } from '../../build/config/secrets.js';
import { plainEvent } from '../programs/event.mjs';

const [kind, name] = process.argv.slice(2);
const plugin = await (await findPlugins()).get(kind, name);

const event = plainEvent({ by: 'name', processes: [{ pid: 2 ** 22 + 1, start: 1, name: 'n' }] });
const notice = { type: 'notice', kind: 'coverage', severity: 'info', time: 1, message: 'm' };
const delivery = {
  ...{ type: 'delivery', event: 'a.1', action: 'log', rule: 'r', target: 'n', kind: 'fired', attempts: 1 },
  ...{ outcome: 'failed', reason: 'x', time: 1, took: 1 },
};
const snapshot = {
  ...{ time: 1, uptime: 1000, boot: 'b', host: 'h', processes: [], gone: 0 },
  memory: { total: 2, available: 1, anon: 0, mapped: 0, swapTotal: 0, swapFree: 0 },
  cost: { exact: 0, wall: 1, longest: 1, cpu: 1 },
};
const context = { host: 'h', version: '1', proc: '/proc', console: false, live: true, notice: () => undefined };

/** A module in the working directory that a script can run. */
function moduleNamed(name) {
  const file = join(process.cwd(), name);
  writeFileSync(file, 'export default () => true;\n');
  return file;
}

/** The example, with files in the working directory, this user, and a text in place of each secret's file. */
function options() {
  const here = (key, value) => {
    if (key === 'file' && /\.m?js$/.test(value)) return moduleNamed(basename(value));
    if (key === 'file' && typeof value === 'string' && value.startsWith('/var/'))
      return join(process.cwd(), basename(value));
    return key === 'user' ? userInfo().username : value;
  };
  const copy = JSON.parse(JSON.stringify(plugin.example), here);
  for (const path of secretPlaces(plugin.schema, copy)) {
    const holder = path.slice(0, -1).reduce((value, step) => value[step], copy);
    if (typeof holder[path.at(-1)] === 'object') holder[path.at(-1)] = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  }
  return copy;
}

async function exerciseAction() {
  const action = await plugin.create(options(), context);
  if (!(action.timeout > 0)) throw new Error('an action says how long an attempt may take');
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const outcome = await action.run(event, AbortSignal.abort()).then(
      (done) => `did its work: ${done}`,
      () => 'refused',
    );
    console.log(outcome);
  }
  action.reopen?.();
  await action.close?.();
  await action.close?.();
}

async function exerciseSink() {
  // The program has one sink for its standard output; here 720 share it.
  process.stdout.setMaxListeners(0);
  const calls = {
    snapshot: (sink) => sink.snapshot?.(snapshot),
    event: (sink) => sink.event?.(event),
    notice: (sink) => sink.event?.(notice),
    delivery: (sink) => sink.delivery?.(delivery),
    reopen: (sink) => sink.reopen?.(),
    close: (sink) => sink.close?.(),
  };
  for (const order of permutations(Object.keys(calls))) {
    const sink = await plugin.create(options(), context);
    for (const call of order) await calls[call](sink);
    await sink.close?.();
  }
}

function permutations(list) {
  if (list.length < 2) return [list];
  return list.flatMap((first) => permutations(list.filter((item) => item !== first)).map((rest) => [first, ...rest]));
}

await (kind === 'actions' ? exerciseAction() : exerciseSink());
