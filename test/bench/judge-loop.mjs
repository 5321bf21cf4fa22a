/** judge-loop.mjs RULES: judges a made-up host of 1,000 processes until the windows are full, then measures it as JSON. */
import { advance } from '../../build/core/advance.js';
import { emptyMemory } from '../../build/core/memory.js';
import { madeUpHost } from './host.mjs';
import { load } from './loaded.mjs';
import { median } from './median.mjs';

const PROCESSES = 1_000;
/** Half an hour at 5 s fills the windows. */
const WARM_UP = 400;
const MEASURED = 200;

const rules = await load(process.argv[2]);
const next = madeUpHost({ count: PROCESSES, churn: 2 });
const memory = emptyMemory();
const times = [];
for (let i = 0; i < WARM_UP + MEASURED; i += 1) {
  const snapshot = next();
  const before = process.cpuUsage();
  advance(memory, rules, snapshot);
  const { user, system } = process.cpuUsage(before);
  if (i >= WARM_UP) times.push((user + system) / 1e3);
}
console.log(JSON.stringify({ rules: rules.length, processes: PROCESSES, ms: median(times) }));
