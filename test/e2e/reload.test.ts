import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Event } from '../../src/core/types.ts';
import { makePlace, type Place, type Running, sleeper as sleepIn, until, watch } from './daemon.ts';

/** How often rules are loaded anew. Each time a child reads and checks them. */
const RELOADS = Number(process.env.PSSTOP_RELOADS ?? 40);

let place: Place;
let sleeper: ChildProcess;
let daemon: Running;

beforeEach(() => {
  place = makePlace();
  sleeper = sleepIn(place, 'reload-sleep');
  place.write('psstop.yaml', 'interval: 200ms\nheartbeat: 0s\nrules: rules.yaml\nstate: state\n');
});
afterEach(async () => {
  await daemon.stop();
  sleeper.kill('SIGKILL');
  place.remove();
});

/** A rule that stays, and one that is another each time; every second set is broken in one of several ways. */
function rules(round: number): string {
  const stays = `  - name: stays
    select: { cmdline: "reload-sleep-${process.pid} 600" }
    by: process
    when: { above: { rss: 1KiB } }
`;
  const other = `  - { name: round-${round}, select: nobody, when: { above: { pss: ${round + 1}MiB } } }\n`;
  const broken = [
    '  - { name: half',
    '  - { name: x, when: { above: { pss: 1 parsec } } }\n',
    '  - name: stays\n',
    '\t-',
  ];
  return `rules:\n${stays}${other}${round % 2 === 1 ? broken[Math.floor(round / 2) % broken.length] : ''}`;
}

function events(): Event[] {
  const lines = daemon.output().split('\n');
  return lines.filter((line) => line.startsWith('{') && line.endsWith('}')).map((line) => JSON.parse(line) as Event);
}

/** Memory that is the daemon's own, MiB. */
function held(): number {
  const [, kib = '0'] = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${daemon.pid}/status`, 'utf8')) ?? [];
  return Number(kib) / 1024;
}

const count = (kind: 'rules-loaded' | 'rules-rejected'): number =>
  events().filter((event) => event.type === 'notice' && event.kind === kind).length;

it('rules that are loaded again and again, half of them broken, cost no alert and no memory', {
  timeout: 60_000 + RELOADS * 5_000,
}, async () => {
  place.write('rules.yaml', rules(0));
  daemon = watch(place, '--json');
  await daemon.says(/"rule":"stays"/);
  const sizes: number[] = [];
  for (let round = 1; round <= RELOADS; round += 1) {
    const known = count('rules-loaded') + count('rules-rejected');
    place.write('rules.yaml', rules(round));
    daemon.child.kill('SIGHUP');
    await until(() => count('rules-loaded') + count('rules-rejected') > known, 20);
    sizes.push(held());
  }
  expect([count('rules-loaded'), count('rules-rejected')]).toEqual([Math.floor(RELOADS / 2), Math.ceil(RELOADS / 2)]);
  // It has told of the alert once, and knows it at the end: no set of rules was in force without it.
  sleeper.kill('SIGKILL');
  await daemon.says(/"kind":"resolved"/);
  const told = events().filter((event) => event.type === 'alert');
  expect(told.map(({ rule, kind }) => `${rule} ${kind}`)).toEqual(['stays fired', 'stays resolved']);
  const half = Math.floor(sizes.length / 2);
  const [early, late] = [sizes.slice(half / 2, half), sizes.slice(-half / 2)].map((some) => Math.min(...some));
  expect((late ?? 0) - (early ?? 0)).toBeLessThan(4);
});
