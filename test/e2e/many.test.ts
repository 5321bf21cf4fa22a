import { readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ProcTree, procTree } from '../sources/proc-tree.ts';
import { makePlace, type Place, type Running, until, watch } from './daemon.ts';
import { type Receiver, webServer } from './receivers.ts';

/** So many processes are too big at once. */
const COUNT = 10_000;
/** What the unit allows for (examples/psstop.service), MiB. */
const MEMORY_MAX = 256;

let place: Place;
let tree: ProcTree;
let hooks: Receiver[];
let daemon: Running;

beforeEach(async () => {
  place = makePlace();
  hooks = [await webServer(), await webServer()];
  tree = procTree();
  tree.host({ anon: 64 * COUNT, mapped: 1024 });
  // Time goes on in it as it does outside.
  rmSync(join(tree.root, 'uptime'));
  symlinkSync('/proc/uptime', join(tree.root, 'uptime'));
  for (let pid = 1; pid <= COUNT; pid += 1) tree.add({ pid, start: 1000 + pid, comm: `app-${pid % 50}` });
});
afterEach(async () => {
  await daemon.stop();
  for (const hook of hooks) await hook.close();
  tree.dispose();
  place.remove();
});

it('ten thousand alerts at once fit into the memory that the unit allows for, and each is told to everybody', {
  timeout: 240_000,
}, async () => {
  const then = hooks.map(({ port }) => `{ webhook: { url: "http://127.0.0.1:${port}/" } }`).join(', ');
  place.write('psstop.yaml', 'interval: 5s\nheartbeat: 0s\nrules: rules.yaml\nstate: state\n');
  place.write(
    'rules.yaml',
    `rules:\n  - { name: big, by: process, storm: 1000000, when: { above: { rss: 1KiB } }, then: [${then}] }\n`,
  );
  daemon = watch(place, '--proc', tree.root);
  await until(() => hooks.every(({ arrivals }) => arrivals.length >= COUNT), 200);
  for (const { arrivals } of hooks) {
    expect(new Set(arrivals.map((text) => (JSON.parse(text) as { id: string }).id)).size).toBe(COUNT);
  }
  const [, most = ''] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${daemon.pid}/status`, 'utf8')) ?? [];
  console.log(`at most ${Math.round(Number(most) / 1024)} MiB`);
  expect(Number(most) / 1024).toBeLessThan(MEMORY_MAX - 32);
});
