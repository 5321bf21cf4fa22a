/**
 * growth-loop.mjs SOURCE RULES SNAPSHOTS: the daemon's loop over a made-up host or the real /proc, both with processes that come and
 * go. Writes as JSON by how much it grew, in MiB, from after a quarter of the snapshots to the end. Needs --expose-gc.
 */
import { createWriteStream } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { createBus } from '../../build/engine/bus.js';
import { Dispatcher } from '../../build/engine/dispatch.js';
import { run } from '../../build/engine/run.js';
import { linesSink } from '../../build/sinks/text/lines-sink.js';
import { procSource } from '../../build/sources/proc/source.js';
import { madeUpHost } from './host.mjs';
import { load } from './loaded.mjs';
import { anonymousOf } from './measure.mjs';

setFlagsFromString('--semi-space-growth-factor=1');

const [kind, file, snapshots] = [process.argv[2], process.argv[3], Number(process.argv[4])];
const rules = await load(file);
const bus = createBus([
  linesSink(createWriteStream('/dev/null'), { heartbeat: 60_000, priority: false, format: 'text' }),
]);
const dispatcher = new Dispatcher({ bus });
dispatcher.use(rules);
const source = kind === 'made-up' ? madeUp() : procSource({ interval: 50, notice: bus.notice });
const known = { living: new Map(), ended: 0 };
let first;
let last;
let count = 0;
await run({
  source,
  rules: () => rules,
  bus,
  dispatch: (event, rule) => dispatcher.handle(event, rule),
  finished,
});
await dispatcher.close(1_000);
const grown = (what) => (last[what] - first[what]) / 2 ** 20;
console.log(JSON.stringify({ snapshots, ended: known.ended, heap: grown('heap'), anonymous: grown('anonymous') }));
process.exit();

async function* madeUp() {
  const next = madeUpHost({ count: 50, churn: 1 });
  while (count < snapshots) {
    yield next();
    // Timers and streams get their turn, as they do between two real snapshots.
    if (count % 64 === 0) await new Promise(setImmediate);
  }
}

function finished(snapshot) {
  count += 1;
  const ids = new Map(snapshot.processes.map(({ process: { pid, start } }) => [`${pid} ${start}`, true]));
  for (const id of known.living.keys()) if (!ids.has(id)) known.ended += 1;
  known.living = ids;
  if (count === snapshots >> 2) first = weigh();
  if (count !== snapshots) return;
  last = weigh();
  source.close?.();
}

function weigh() {
  known.living = new Map();
  for (let i = 0; i < 3; i += 1) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return { heap: heapUsed + external, anonymous: anonymousOf(process.pid) * 2 ** 20 };
}
