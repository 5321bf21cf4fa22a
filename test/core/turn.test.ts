import { describe, expect, it } from 'vitest';
import { advance } from '../../src/core/advance.ts';
import { demand } from '../../src/core/demand.ts';
import { alertsOf, emptyMemory, type Memory } from '../../src/core/memory.ts';
import { openTurn } from '../../src/core/turn.ts';
import type { Condition, ProcessSample, Rule, Snapshot } from '../../src/core/types.ts';
import { MiB, pssAbove, rule, sample, snapshot } from './world.ts';

const HEAVY = sample({ pid: 10, pss: 200 * MiB });

function firing(of: Rule): Memory {
  const memory = emptyMemory();
  expect(advance(memory, [of], snapshot(1, [HEAVY]))).toMatchObject([{ kind: 'fired' }]);
  return memory;
}

describe('the turn of a snapshot', () => {
  it('is opened once, whoever asks first', () => {
    const memory = emptyMemory();
    const of = rule();
    const taken = snapshot(1, [HEAVY]);
    const turn = openTurn(memory, [of], taken);
    expect(openTurn(memory, [of], taken)).toBe(turn);
    demand(memory, [of], taken);
    expect(memory.turn).toBe(turn);
    expect(advance(memory, [of], taken)).toHaveLength(1);
    expect(memory.turn).toBeUndefined();
  });

  it('goes by the rules of its beginning: a set that comes meanwhile waits for the next one', () => {
    const [before, after] = [rule({ name: 'old', key: 'old' }), rule({ name: 'new', key: 'new' })];
    const memory = emptyMemory();
    const taken = snapshot(1, [HEAVY]);
    const next = [after];
    demand(memory, [before], taken);
    expect(demand(memory, next, taken)).toEqual([]);
    expect(advance(memory, next, taken).map(({ rule: name }) => name)).toEqual(['old']);
    const events = advance(memory, next, snapshot(2, [HEAVY]));
    expect(events.map(({ rule: name, kind, reason }) => [name, kind, reason])).toEqual([
      ['old', 'resolved', 'rule removed'],
      ['new', 'fired', undefined],
    ]);
    expect(memory.replaced).toEqual([before]);
  });

  it('that came to nothing has what it ended told by the next one, with the rules it ended', () => {
    const of = rule({ name: 'old', key: 'old' });
    const memory = firing(of);
    const [second, third] = [rule({ name: 'second', key: 'second' }), rule({ name: 'third', key: 'third' })];
    openTurn(memory, [second], snapshot(2, [HEAVY]));
    openTurn(memory, [third], snapshot(3, [HEAVY]));
    const events = advance(memory, [third], snapshot(4, [HEAVY]));
    expect(events.map(({ rule: name, kind }) => `${name} ${kind}`)).toEqual(['old resolved', 'third fired']);
    expect(memory.replaced.map(({ name }) => name)).toEqual(expect.arrayContaining(['old', 'second']));
    advance(memory, memory.rules, snapshot(5, [HEAVY]));
    expect(memory.replaced).toBe(memory.rules);
  });

  it('knows who holds how much at most only where the host tells what all hold', () => {
    const memory = emptyMemory();
    const exactly = { low: 0, high: MiB };
    openTurn(memory, [], snapshot(1, [HEAVY]));
    expect(memory.standing.ledger).toBeUndefined();
    const held = { anon: exactly, mapped: exactly };
    openTurn(memory, [], snapshot(2, [HEAVY], { memory: { ...snapshot(2, []).memory, held } }));
    expect(memory.standing.ledger).toEqual({ anon: 200 * MiB, shared: 200 * MiB });
  });
});

describe('who ended while being read', () => {
  const gone = (one: ProcessSample): ProcessSample => {
    const { exact: _, ...bare } = one;
    return { ...bare, unread: 'gone' };
  };
  const below: Condition = {
    wants: [],
    test: (target) => {
      const { high = 0 } = target.measure('pss') ?? {};
      return { met: high < MiB, value: high, limit: MiB, unit: 'bytes', because: () => '' };
    },
  };
  /** A snapshot that ended with somebody gone: the members were told when it began. */
  const judge = (memory: Memory, of: Rule, taken: Snapshot): string[] => {
    openTurn(memory, [of], taken);
    const left = taken.processes.filter(({ unread }) => unread !== 'gone');
    return advance(memory, [of], Object.assign(taken, { processes: left })).map(
      ({ kind, reason, target }) => `${kind}${reason ? ` ${reason}` : ''} x${target.count}`,
    );
  };

  it('is no member, and a target of none is gone with it', () => {
    const other = sample({ pid: 11, pss: 2 * MiB });
    const of = rule({ when: below });
    // Two hold more than the limit together: the one that is left does too.
    expect(judge(emptyMemory(), of, snapshot(1, [gone(HEAVY), other]))).toEqual([]);
    // A process that is no more does not hold 0 bytes.
    expect(judge(emptyMemory(), of, snapshot(1, [gone(HEAVY)]))).toEqual([]);
    const count: Condition = {
      wants: [],
      test: ({ members: { length } }) => ({ met: true, value: length, limit: 0, unit: 'count', because: () => '' }),
    };
    expect(judge(emptyMemory(), rule({ when: count }), snapshot(1, [gone(HEAVY), other]))).toEqual(['fired x1']);
  });

  it('leaves its alert as any other that ended does', () => {
    const of = rule({ by: 'process' });
    const memory = firing(of);
    expect(judge(memory, of, snapshot(2, [gone(HEAVY)]))).toEqual([]);
    expect(alertsOf(memory).map(({ alert }) => alert.away)).toEqual([2_000]);
    expect(judge(memory, of, snapshot(13, []))).toEqual(['resolved exited x1']);
  });

  it('is not counted by a rule about the whole selection either', () => {
    const none: Condition = {
      wants: [],
      wholeSelection: true,
      test: ({ members: { length } }) => ({
        met: length === 0,
        value: length,
        limit: 1,
        unit: 'count',
        because: () => '',
      }),
    };
    const of = rule({ when: none, by: 'host' });
    expect(judge(emptyMemory(), of, snapshot(1, [gone(HEAVY)]))).toEqual(['fired x0']);
    expect(judge(emptyMemory(), of, snapshot(1, []))).toEqual(['fired x0']);
  });
});

describe('what can not be decided', () => {
  const { exact: _, ...UNREAD } = HEAVY;
  const open: Condition = { ...pssAbove(100 * MiB), doubts: () => [{ measure: 'pss', limit: 100 * MiB }] };
  const since = (memory: Memory): (number | undefined)[] =>
    [...memory.byRule.values()].flatMap(({ targets }) => [...targets.values()].map((one) => one.undecided?.since));

  it('is said, with the time since when, until it is', () => {
    const memory = emptyMemory();
    const of = [rule({ when: open })];
    for (const second of [1, 2]) advance(memory, of, snapshot(second, [UNREAD]));
    expect([memory.standing.undecided, ...since(memory)]).toEqual([1, 1_000]);
    advance(memory, of, snapshot(3, [HEAVY]));
    expect([memory.standing.undecided, ...since(memory)]).toEqual([0, undefined]);
    advance(memory, of, snapshot(4, [UNREAD]));
    expect(since(memory)).toEqual([4_000]);
  });

  it('is a figure that rules can watch, of the snapshot before', () => {
    const memory = emptyMemory();
    const watch: Condition = {
      wants: [],
      test: (target) => {
        const value = target.known('undecided') ?? 0;
        return { met: value > 0, value, limit: 0, unit: 'count', because: () => '' };
      },
    };
    const of = [rule({ when: open, by: 'process' }), rule({ name: 'blind', key: 'blind', when: watch, by: 'host' })];
    const processes = [UNREAD, { ...UNREAD, process: { ...UNREAD.process, pid: 11 } }];
    expect(advance(memory, of, snapshot(1, processes))).toEqual([]);
    expect(advance(memory, of, snapshot(2, processes))).toMatchObject([{ rule: 'blind', kind: 'fired', value: 2 }]);
  });

  it('does not count while its target is away, or where it is only tried out', () => {
    const memory = emptyMemory();
    const of = [rule({ when: open })];
    advance(memory, of, snapshot(1, [HEAVY]));
    advance(memory, of, snapshot(2, [UNREAD]));
    expect(memory.standing.undecided).toBe(1);
    advance(memory, of, snapshot(3, []));
    expect([memory.standing.undecided, ...since(memory)]).toEqual([0, undefined]);
    const tried = emptyMemory();
    advance(tried, [rule({ when: open, mode: 'shadow' })], snapshot(1, [UNREAD]));
    expect(tried.standing.undecided).toBe(0);
  });

  it('is nobody else: too little history is not for want of a reading, and a doubt that throws is no doubt', () => {
    const memory = emptyMemory();
    const young: Condition = { wants: [], test: () => undefined, doubts: () => [] };
    const broken: Condition = {
      ...young,
      doubts: () => {
        throw new Error('no');
      },
    };
    advance(memory, [rule({ when: young }), rule({ name: 'b', key: 'b', when: broken })], snapshot(1, [UNREAD]));
    expect(memory.standing.undecided).toBe(0);
  });
});
