/**
 * sampler-loop.mjs RULES [PROC]: the daemon's loop, one snapshot for each line of its standard input, judged by the rules. Writes a line of JSON
 * for each: what it cost together with the reader child, and how many processes there were and were read.
 */
import { createInterface } from 'node:readline';
import { setFlagsFromString } from 'node:v8';
import { demandsOf } from '../../build/cli/watch/demands.js';
import { advance } from '../../build/core/advance.js';
import { emptyMemory } from '../../build/core/memory.js';
import { procSource } from '../../build/sources/proc/source.js';
import { cpuOfProcess } from './cpu.mjs';
import { load } from './loaded.mjs';

setFlagsFromString('--semi-space-growth-factor=1');

const [, , file, root = '/proc'] = process.argv;
const rules = await load(file);
const memory = emptyMemory();
const unlimited = { process: Number.POSITIVE_INFINITY, host: Number.POSITIVE_INFINITY };
const source = procSource({
  root,
  interval: 5_000,
  patience: Number.POSITIVE_INFINITY,
  notice: ({ message }) => console.error(message),
  // The snapshots follow each other without a pause: a budget for real time would refuse them.
  budget: unlimited,
  demand: demandsOf({ memory, rules: () => rules, shown: false }),
});
/** Ours last: looking at the reader costs something, too. */
const cpu = () => {
  const reader = cpuOfProcess(source.readerPid());
  const { user, system } = process.cpuUsage();
  return { reader, own: (user + system) / 1e3 };
};
for await (const _ of createInterface({ input: process.stdin })) {
  const before = cpu();
  const snapshot = await source.snapshot();
  const events = advance(memory, rules, snapshot);
  const { user, system } = process.cpuUsage();
  const own = (user + system) / 1e3 - before.own;
  const reader = cpu().reader - before.reader;
  const { exact, wall } = snapshot.cost;
  console.log(
    JSON.stringify({ own, reader, exact, wall, processes: snapshot.processes.length, events: events.length }),
  );
}
await source.close();
