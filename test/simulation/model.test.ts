import { beforeAll, describe, expect, test } from 'vitest';
import { CAST } from './cast.ts';
import { diceFrom } from './dice.ts';
import { countersOf, hostCountersOf, type Rollup, rollupOf } from './figures.ts';
import { type Host, newHost, spacesOf } from './host.ts';
import { live } from './life.ts';
import type { Space } from './pages.ts';

const STEPS = 200;
const SEED = 11;

/** What was met while a host lived. */
const met = { merged: 0, swapped: 0, sharedSwap: 0, zombies: 0, twins: 0, taken: 0, twice: 0, children: 0 };
const off = { conservation: 0, swap: 0, bounds: 0, sums: 0 };
const limits = new Set<number>();
const names = new Set<string>();

describe('a simulated host', () => {
  let host: Host;
  beforeAll(() => {
    host = newHost(diceFrom(SEED));
    for (let step = 0; step < STEPS; step += 1) {
      const before = new Map([...host.tasks].map(([pid, { start }]) => [pid, start]));
      live(host, 5000);
      lookAt(host, before);
    }
  });

  test('obeys the law: shares add up to the frames that are mapped, and to the slots in use', () => {
    // Each space's share is rounded down to kB, once for PSS and once for SwapPss.
    expect(off.conservation).toBe(0);
    expect(off.swap).toBe(0);
  });

  test('no share, and no part of it, exceeds what the counters say', () => expect(off.bounds).toBe(0));

  test('private and shared, clean and dirty add up to what is resident', () => expect(off.sums).toBe(0));

  test('has everything that makes PSS hard', () => {
    for (const [what, times] of Object.entries(met)) expect(`${what} ${times > 0}`).toBe(`${what} true`);
    expect(limits.size).toBeGreaterThan(5);
    for (const { name } of CAST) expect([...names]).toContain(name);
  });

  test('is the same for the same seed', () => {
    const again = newHost(diceFrom(SEED));
    for (let step = 0; step < STEPS; step += 1) live(again, 5000);
    const state = ({ tasks }: Host): unknown =>
      [...tasks.values()].map(({ pid, start, space, minor }) => [pid, start, rollupOf(space), minor]);
    expect(state(again)).toEqual(state(host));
  });
});

function lookAt(host: Host, before: ReadonlyMap<number, number>): void {
  const spaces = spacesOf(host);
  const frames = hostCountersOf(spaces);
  let pss = 0;
  let swapPss = 0;
  for (const space of spaces) {
    const rollup = rollupOf(space);
    pss += rollup.pss;
    swapPss += rollup.swapPss;
    checkSpace(space, rollup);
    noteSpace(space, rollup);
  }
  const lost = (whole: number, shares: number): number => (shares <= whole && shares > whole - spaces.size ? 0 : 1);
  off.conservation += lost((frames.anon + frames.mapped) * 4, pss);
  off.swap += lost(frames.swap * 4, swapPss);
  if (spaces.size < host.tasks.size) met.twins += 1;
  noteTasks(host, before);
}

function checkSpace(space: Space, rollup: Rollup): void {
  const { pss, pssAnon, pssFile, pssShmem, swapPss, rss, ...rest } = rollup;
  const { anon, file, shmem, swap } = countersOf(space);
  const within = pssAnon <= anon * 4 && pssFile <= file * 4 && pssShmem <= shmem * 4 && swapPss <= swap * 4;
  if (!within || pss > rss || rss !== (anon + file + shmem) * 4) off.bounds += 1;
  if (rest.privateClean + rest.privateDirty + rest.sharedClean + rest.sharedDirty !== rss) off.sums += 1;
}

function noteSpace({ mappings }: Space, { merged, swap, swapPss }: Rollup): void {
  if (merged > 0) met.merged += 1;
  if (swapPss > 0) met.swapped += 1;
  if (swapPss < swap) met.sharedSwap += 1;
  const files = mappings.flatMap(({ file }) => file ?? []);
  if (new Set(files).size < files.length) met.twice += 1;
}

function noteTasks({ tasks, limits: now }: Host, before: ReadonlyMap<number, number>): void {
  for (const { pid, start, role, zombie, passing } of tasks.values()) {
    names.add(role.name);
    if (zombie) met.zombies += 1;
    if (passing) met.children += 1;
    if (before.has(pid) && before.get(pid) !== start) met.taken += 1;
  }
  for (const limit of now.values()) limits.add(limit);
}
