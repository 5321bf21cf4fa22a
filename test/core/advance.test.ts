import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advance } from '../../src/core/advance.ts';
import { emptyMemory } from '../../src/core/memory.ts';
import type { AlertEvent, Condition, ProcessSample, Rule, SeriesWant, Snapshot } from '../../src/core/types.ts';
import { GiB, MiB, pssAbove, rule, sample, snapshot } from './world.ts';

/** Runs snapshots through rules; gives back `second kind rule target`, with the reason if there is one. */
function story(rules: readonly Rule[], snapshots: readonly Snapshot[]): string[] {
  const memory = emptyMemory();
  return snapshots.flatMap((taken) => advance(memory, rules, taken).map(line));
}

function line({ uptime, kind, rule: name, target, reason }: AlertEvent): string {
  return [uptime / 1000, kind, name, target.name, reason].filter((part) => part !== undefined).join(' ');
}

/** Samples keep their process object from snapshot to snapshot, as a source does. */
function same(of: ProcessSample, pss: number): ProcessSample {
  return { ...of, exact: { ...sample({ pid: 1, pss }).exact, at: 0 } as NonNullable<ProcessSample['exact']> };
}

/** A snapshot each second of a process that is away for a pause before each of its lives. */
function restarts(lives: readonly { size: number; pause: number; seconds: number }[]): Snapshot[] {
  let second = 100;
  return lives.flatMap(({ size, pause, seconds }, index) => {
    const away = Array.from({ length: index > 0 ? pause : 0 }, () => snapshot(second++, []));
    const process = sample({ pid: 20 + index, startedAt: second * 1000 - 500, pss: size });
    return [...away, ...Array.from({ length: seconds }, () => snapshot(second++, [process]))];
  });
}

const web = sample({ pid: 10, pss: 60 * MiB });
const web2 = sample({ pid: 11, pss: 60 * MiB });
const db = sample({ pid: 12, name: 'db', pss: 10 * MiB });

describe('targets', () => {
  it('adds up the processes of a name, and tells processes apart when the rule says so', () => {
    const taken = [snapshot(1, [web, web2, db])];
    expect(story([rule()], taken)).toEqual(['1 fired budget web']);
    expect(story([rule({ by: 'process' })], taken)).toEqual([]);
    expect(story([rule({ by: 'host', of: { name: ['*'] } })], taken)).toEqual(['1 fired budget *']);
  });

  it('counts a tree as one', () => {
    const worker = sample({ pid: 13, name: 'worker', ppid: 10, pss: 60 * MiB });
    const ofTree = rule({ by: 'tree', of: { parent: ['web'] } });
    expect(story([ofTree], [snapshot(1, [web, worker, db])])).toEqual(['1 fired budget web[10]']);
  });

  it('asks about the whole selection even when nothing matches', () => {
    const absent: Condition = {
      wants: [],
      wholeSelection: true,
      test: ({ members }) => ({
        met: members.length === 0,
        value: members.length,
        limit: 0,
        unit: 'count',
        because: () => '',
      }),
    };
    const rules = [rule({ when: absent, by: 'host', of: { name: ['web'] } })];
    expect(story(rules, [snapshot(1, [db]), snapshot(2, [db, web]), snapshot(3, [])])).toEqual([
      '1 fired budget web',
      '2 resolved budget web cleared',
      '3 fired budget web',
    ]);
  });

  it('leaves out what is too young, until it is old enough', () => {
    const young = rule({ of: { name: ['web'], age: { above: 60_000 } }, when: rule().when });
    const big = same(web, 200 * MiB);
    expect(story([young], [snapshot(30, [big]), snapshot(60, [big]), snapshot(61, [big])])).toEqual([
      '61 fired budget web',
    ]);
  });

  it('gives no verdict while an unreadable member could decide it', () => {
    const hidden = sample({ pid: 14, rss: 80 * MiB, unread: 'denied' });
    expect(story([rule()], [snapshot(1, [web, hidden])])).toEqual([]);
    expect(story([rule()], [snapshot(1, [web, web2, hidden])])).toEqual(['1 fired budget web']);
  });
});

describe('an alert ends', () => {
  const heavy = sample({ pid: 20, startedAt: 5_000, pss: 300 * MiB });

  it('because its target exited, and none has come back within ten seconds', () => {
    const without = (...seconds: number[]) => seconds.map((second) => snapshot(second, [db]));
    const ofProcess = rule({ by: 'process', keep: 60_000, repeat: 1000 });
    expect(story([ofProcess], [snapshot(10, [heavy]), ...without(15, 20, 24, 25, 30)])).toEqual([
      '10 fired budget web[20]',
      '25 resolved budget web[20] exited',
    ]);
    // Snapshots that are further apart: at least two of them are without it.
    expect(story([rule()], [snapshot(10, [heavy]), ...without(70, 130)])[1]).toBe('130 resolved budget web exited');
    // Nobody has been told of what is pending only.
    expect(story([rule({ for: 60_000 })], [snapshot(10, [heavy]), ...without(15, 20)])).toEqual([
      '10 pending budget web',
      '15 cancelled budget web exited',
    ]);
  });

  it('because another process has its place', () => {
    const successor = sample({ pid: 21, startedAt: 15_000, pss: 10 * MiB });
    const taken = [snapshot(10, [heavy]), snapshot(20, [successor])];
    expect(story([rule({ by: 'process' })], taken)[1]).toBe('20 resolved budget web[20] restarted');
    expect(story([rule()], taken)[1]).toBe('20 resolved budget web restarted');
  });

  it('because another process has its place, however many snapshots it took to start', () => {
    const successor = sample({ pid: 21, startedAt: 18_000, pss: 10 * MiB });
    const taken = [snapshot(10, [heavy]), snapshot(12, []), snapshot(16, [db]), snapshot(20, [db, successor])];
    for (const by of ['process', 'name', 'user', 'host'] as const) {
      expect(story([rule({ by, of: { name: ['web'] } })], taken).slice(1), by).toEqual([
        expect.stringMatching(/^20 resolved budget .* restarted$/),
      ]);
    }
  });

  it('and not because of one of the same name that the rule does not mean', () => {
    const named = { name: 'python3', pss: 300 * MiB, cmdline: 'python3 shop.py' };
    const mine = sample({ pid: 20, ...named });
    const ofShop = rule({ by: 'process', of: { cmdline: ['shop'] } });
    const next = (cmdline: string) => sample({ pid: 21, startedAt: 15_000, name: 'python3', pss: MiB, cmdline });
    const ends = (cmdline: string) =>
      story([ofShop], [snapshot(10, [mine]), ...[20, 40].map((at) => snapshot(at, [next(cmdline)]))]).slice(1);
    expect(ends('python3 backup.py')).toEqual(['40 resolved budget python3[20] exited']);
    expect(ends('python3 shop.py')).toEqual(['20 resolved budget python3[20] restarted']);
  });

  it('and not because a sibling that was there all along stays', () => {
    const sibling = sample({ pid: 21, startedAt: 6_000, pss: 10 * MiB });
    const overlapping = sample({ pid: 22, startedAt: 14_000, pss: 10 * MiB });
    const ofProcess = [rule({ by: 'process' })];
    expect(
      story(
        ofProcess,
        [10, 15, 25].map((at) => snapshot(at, at === 10 ? [heavy, sibling] : [sibling])),
      ),
    ).toEqual(['10 fired budget web[20]', '25 resolved budget web[20] exited']);
    // The new one is started before the old one ends, as at a restart without a pause.
    expect(
      story(ofProcess, [snapshot(10, [heavy]), snapshot(15, [heavy, overlapping]), snapshot(20, [overlapping])])[1],
    ).toBe('20 resolved budget web[20] restarted');
  });

  it('in the same way whether or not a snapshot falls into the pause of a restart', () => {
    const life = fc.record({
      size: fc.constantFrom(10 * MiB, 300 * MiB),
      pause: fc.integer({ min: 0, max: 9 }),
      seconds: fc.integer({ min: 1, max: 4 }),
    });
    const options = fc.record({
      by: fc.constantFrom('process' as const, 'name' as const),
      keep: fc.constantFrom(0, 3000),
      repeat: fc.constantFrom(0, 2000),
    });
    fc.assert(
      fc.property(fc.array(life), options, (lives, ofRule) => {
        const all = restarts(lives);
        const seen = all.filter(({ processes }) => processes.length > 0);
        expect(story([rule(ofRule)], all)).toEqual(story([rule(ofRule)], seen));
      }),
    );
  });

  it('does not confuse a process with the next one that gets its pid', () => {
    const reused = sample({ pid: 20, startedAt: 15_000, pss: 300 * MiB });
    expect(story([rule({ by: 'process' })], [snapshot(10, [heavy]), snapshot(20, [reused])])).toEqual([
      '10 fired budget web[20]',
      '20 resolved budget web[20] restarted',
      '20 fired budget web[20]',
    ]);
  });

  it('because the machine booted', () => {
    const taken = [snapshot(1000, [heavy]), snapshot(5, [], { boot: 'boot-2' })];
    expect(story([rule()], taken)).toEqual(['1000 fired budget web', '5 resolved budget web exited']);
  });

  it('later by the time that the machine slept while its target was away', () => {
    const seconds = [5, 10, 3600, 3605, 3610];
    const taken = seconds.map((second) => snapshot(second, second <= 5 ? [heavy] : []));
    expect(story([rule()], taken)).toEqual(['5 fired budget web', '3605 resolved budget web exited']);
  });
});

describe('a reload', () => {
  const heavy = sample({ pid: 20, pss: 300 * MiB });

  it('keeps what an unchanged rule remembers, and resolves what no rule watches any more', () => {
    const memory = emptyMemory();
    const [first, second] = [rule({ for: 3000 }), rule({ name: 'other' })];
    const told = [
      ...advance(memory, [first, second], snapshot(1, [heavy])),
      ...advance(memory, [{ ...first, message: () => 'new words' }], snapshot(2, [heavy])),
      ...advance(memory, memory.rules, snapshot(4, [heavy])),
    ];
    expect(told.map(line)).toEqual([
      '1 pending budget web',
      '1 fired other web',
      '2 resolved other web rule removed',
      '4 fired budget web',
    ]);
    expect(told[3]?.message).toBe('new words');
  });

  it('ends what a rule has told that is another one now under the same name, and says so', () => {
    const memory = emptyMemory();
    const after = rule({ key: 'budget-2', when: pssAbove(100 * MiB) });
    const waiting = rule({ name: 'wait', for: 5000 });
    const told = [
      ...advance(memory, [rule(), waiting], snapshot(1, [heavy])),
      ...advance(memory, [after, { ...waiting, key: 'wait-2', when: pssAbove(900 * MiB) }], snapshot(2, [heavy])),
    ];
    expect(told.map(line)).toEqual([
      '1 fired budget web',
      '1 pending wait web',
      '2 resolved budget web rule changed',
      '2 cancelled wait web rule changed',
      '2 fired budget web',
    ]);
  });

  it('goes on waiting for a target that is away, and ends what no rule watches any more', () => {
    const ended = [[rule()], [], []].flatMap((_, index, sets) => {
      const memory = emptyMemory();
      advance(memory, [rule({ name: 'other' }), rule()], snapshot(1, [heavy]));
      advance(memory, memory.rules, snapshot(2, []));
      const told = advance(memory, sets[index] ?? [], snapshot(3, []));
      return [...told, ...advance(memory, memory.rules, snapshot(12, []))].map(line);
    });
    expect(ended.slice(0, 2)).toEqual(['3 resolved other web rule removed', '12 resolved budget web exited']);
    expect(ended.slice(2, 4)).toEqual(['3 resolved other web rule removed', '3 resolved budget web rule removed']);
  });

  it('hands histories on to the condition that takes the place of the old one', () => {
    const counting = (): Condition => {
      const want: SeriesWant = { window: 60_000, value: () => 1, keep: { samples: 5 } };
      return {
        wants: [want],
        test: (target) => {
          const { length } = target.series(want);
          return { met: length >= 3, value: length, limit: 3, unit: 'count', because: () => '' };
        },
      };
    };
    const memory = emptyMemory();
    const told = [1, 2, 3].flatMap((second) =>
      advance(memory, [rule({ when: counting() })], snapshot(second, [heavy])),
    );
    expect(told.map(line)).toEqual(['3 fired budget web']);
  });
});

it('begins a new history when all processes of a target are new', () => {
  const want: SeriesWant = { window: 60_000, value: () => 1 };
  const lengths: number[] = [];
  const when: Condition = { wants: [want], test: (target) => void lengths.push(target.series(want).length) };
  const life = (pid: number, startedAt: number): ProcessSample => sample({ pid, startedAt, pss: MiB });
  story(
    [rule({ when })],
    [
      snapshot(10, [life(1, 1000)]),
      snapshot(20, [life(1, 1000), life(2, 15_000)]),
      snapshot(30, [life(2, 15_000)]),
      snapshot(40, [life(3, 35_000)]),
    ],
  );
  expect(lengths).toEqual([1, 2, 3, 1]);
});

it('does not count a sleep of the machine as time in which a condition held', () => {
  const heavy = sample({ pid: 20, pss: 300 * MiB });
  const taken = [1, 6, 11, 3600, 3605, 3610].map((second) => snapshot(second, [heavy]));
  expect(story([rule({ for: 20_000 })], taken)).toEqual(['1 pending budget web', '3605 fired budget web']);
});

it('gives every event an id of its own and all events of one alert the same name', () => {
  const memory = emptyMemory();
  const heavy = sample({ pid: 20, pss: GiB });
  const light = same(heavy, MiB);
  const rules = [rule({ for: 1000, repeat: 1000 })];
  const told = [heavy, heavy, heavy, light, heavy].flatMap((taken, second) =>
    advance(memory, rules, snapshot(second + 1, [taken])),
  );
  expect(told.map(({ kind }) => kind)).toEqual(['pending', 'fired', 'reminded', 'resolved', 'pending']);
  expect(new Set(told.map(({ id }) => id)).size).toBe(5);
  expect(new Set(told.slice(0, 4).map(({ alert }) => alert)).size).toBe(1);
  expect(told[4]?.alert).not.toBe(told[0]?.alert);
});
