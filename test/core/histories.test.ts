import { describe, expect, it } from 'vitest';
import { advance } from '../../src/core/advance.ts';
import { Histories } from '../../src/core/histories.ts';
import { Members } from '../../src/core/members.ts';
import { emptyMemory } from '../../src/core/memory.ts';
import { noStanding } from '../../src/core/standing.ts';
import { Target } from '../../src/core/target.ts';
import { openTurn } from '../../src/core/turn.ts';
import type { ProcessSample, SeriesWant } from '../../src/core/types.ts';
import { MiB, rule, sample, snapshot } from './world.ts';

const EVERY = 60_000;
const led: SeriesWant = { window: 3_600_000, every: EVERY, value: (target) => target.recent(EVERY)?.pss };
const plain: SeriesWant = { window: 3_600_000, value: (target) => target.known('pss') };

/** A process as it was read so many seconds after boot. */
function read(seconds: number, mib: number, pid = 1): ProcessSample {
  const one = sample({ pid, pss: mib * MiB }, seconds * 1000);
  return { ...one, ...(one.exact && { last: one.exact }) };
}

/** The same later, when only its bounds are looked at. */
function later(one: ProcessSample, more: Partial<ProcessSample> = {}): ProcessSample {
  const { exact: _, ...bare } = one;
  return { ...bare, ...more };
}

/** Points of one history over some snapshots, as `seconds: MiB`. */
function points(want: SeriesWant, moments: Readonly<Record<number, readonly ProcessSample[]>>): string[] {
  const histories = new Histories(1);
  const of = rule({ when: { wants: [want], test: () => undefined } });
  const group = new Members({ key: 'web', name: 'web' }, snapshot(0, []));
  const target = new Target(of, group, noStanding());
  for (const [seconds, members] of Object.entries(moments)) {
    const taken = snapshot(Number(seconds), members);
    group.begin(taken);
    for (const member of members) group.add(member);
    group.gather();
    histories.push(target, [want]);
  }
  const series = histories.at(0, want, 0);
  return Array.from({ length: series.length }, (_, i) => `${series.at(i) / 1000}: ${series.value(i) / MiB}`);
}

describe('a history of readings', () => {
  const one = read(100, 50);

  it('takes a point when somebody was read, and not the last one again at each snapshot', () => {
    expect(points(led, { 100: [one], 105: [later(one)], 110: [later(one)], 200: [read(200, 60)] })).toEqual([
      '100: 50',
      '200: 60',
    ]);
  });

  it('takes one where nothing has moved since the last one', () => {
    expect(points(led, { 100: [one], 200: [later(one, { still: true })] })).toEqual(['100: 50', '200: 50']);
  });

  it('takes one of a group when any member was read and the others were read lately', () => {
    const other = read(100, 20, 2);
    const all = { 100: [one, other], 150: [later(one), read(150, 30, 2)], 300: [later(one), read(300, 40, 2)] };
    expect(points(led, all)).toEqual(['100: 70', '150: 80']);
  });

  it('takes one of a reading that was under way when its snapshot ended', () => {
    const late = read(198, 60);
    expect(points(led, { 100: [one], 200: [{ ...late }] })).toEqual(['100: 50', '200: 60']);
  });

  it('has nothing to say of who may not be read', () => {
    expect(points(led, { 100: [later(sample({ pid: 1, rss: MiB }), { unread: 'denied' })] })).toEqual([]);
  });

  it('keeps what is known anyway at each snapshot, where it wants no readings of its own', () => {
    const again = (seconds: number): ProcessSample[] => [read(seconds, 50)];
    expect(points(plain, { 100: again(100), 300: again(300), 500: [later(one)] })).toEqual(['100: 50', '300: 50']);
  });
});

it('a want that was never announced gets an empty series each time', () => {
  const histories = new Histories(1);
  expect(histories.at(-1, plain, 0)).not.toBe(histories.at(-1, plain, 0));
  expect(histories.at(0, plain, 0)).toBe(histories.at(0, plain, 0));
});

it('asking what is to be read moves no history on', () => {
  const memory = emptyMemory();
  const of = rule({ when: { wants: [plain], test: () => undefined } });
  const taken = snapshot(1, [read(1, 50)]);
  openTurn(memory, [of], taken);
  openTurn(memory, [of], taken);
  const [target] = memory.byRule.get(of)?.targets.values() ?? [];
  expect(target?.series(plain).length).toBe(0);
});

describe('whoever can never hold what a condition looks for', () => {
  const want: SeriesWant = { ...led, least: 100 * MiB };
  const of = rule({ by: 'process', when: { wants: [want], test: () => undefined } });

  /** How many points each process has after snapshots of such sizes, a minute apart. */
  function lengths(...sizes: readonly number[][]): (number | undefined)[] {
    const memory = emptyMemory();
    for (const [minute, size] of sizes.entries()) {
      const seconds = 60 * (minute + 1);
      advance(
        memory,
        [of],
        snapshot(
          seconds,
          size.map((mib, index) => read(seconds, mib, index + 1)),
        ),
      );
    }
    const targets = [...(memory.byRule.get(of)?.targets.values() ?? [])];
    return targets.map((target) => target.series(want).length);
  }

  it('has no history; who may has one from then on, whatever becomes of it', () => {
    expect(lengths([50, 100], [60, 40], [70, 30])).toEqual([0, 3]);
    expect(lengths([50, 100], [99, 40], [101, 30], [20, 20])).toEqual([2, 4]);
  });

  it('counts together with others of its group', () => {
    const group = rule({ by: 'name', when: { wants: [want], test: () => undefined } });
    const memory = emptyMemory();
    advance(memory, [group], snapshot(60, [read(60, 60, 1), read(60, 60, 2)]));
    expect([...(memory.byRule.get(group)?.targets.values() ?? [])].map((target) => target.series(want).length)).toEqual(
      [1],
    );
  });
});
