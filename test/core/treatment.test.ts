import { describe, expect, it } from 'vitest';
import { pace, UNTREATED, uselessInARow, withAct, withLast, worn } from '../../src/core/course.ts';
import { groupOf, lineageOf } from '../../src/core/lineage.ts';
import { freedShare, observe, type Treatment, weigh } from '../../src/core/treatment.ts';
import type { EventTarget, ProcessSample } from '../../src/core/types.ts';
import { MiB, sample, snapshot } from './world.ts';

const AIM = { frees: 0.3, within: 120_000, up: 30_000 };
const OLD = sample({ pid: 10, unit: 'web.service' });
const FRESH = sample({ pid: 20, unit: 'web.service' });

function begun(changes: Partial<Treatment> = {}): Treatment {
  return {
    aim: AIM,
    patient: { names: new Set(['web']), unit: 'web.service' },
    phase: 'settling',
    at: 0,
    old: new Set(['10/10']),
    before: 600 * MiB,
    ...changes,
  };
}

/** Shows it a snapshot every five seconds; what it holds is read when it is asked for. @returns the end and when that was, s. */
function follow(treatment: Treatment, members: (second: number) => ProcessSample[], held: (second: number) => number) {
  const reads: number[] = [];
  let now = treatment;
  for (let second = 0; second <= 300; second += 5) {
    now = observe(now, snapshot(second, members(second)));
    if (now.phase === 'up') {
      reads.push(second);
      now = weigh(now, held(second), second * 1000);
    }
    if (!['settling', 'waiting'].includes(now.phase))
      return { phase: now.phase, second, reads, freed: freedShare(now) };
  }
  return { phase: now.phase, second: 300, reads, freed: freedShare(now) };
}

describe('a treatment', () => {
  it('has helped when a new process has been up for long enough and holds little', () => {
    const end = follow(
      begun(),
      (second) => (second < 10 ? [] : [FRESH]),
      () => 150 * MiB,
    );
    expect(end).toEqual({ phase: 'helped', second: 40, reads: [40], freed: 0.75 });
  });

  it('gives a cache that is given back late its time, and reads it seldom', () => {
    const end = follow(
      begun(),
      () => [FRESH],
      (second) => (second < 80 ? 500 : 300) * MiB,
    );
    expect(end).toMatchObject({ phase: 'helped', second: 90, freed: 0.5 });
    expect(end.reads).toEqual([30, 45, 60, 75, 90]);
  });

  it('has freed too little when time is up', () => {
    const end = follow(
      begun(),
      () => [FRESH],
      () => 500 * MiB,
    );
    expect(end).toMatchObject({ phase: 'freed-too-little', second: 125 });
    expect(end.reads.length).toBeLessThanOrEqual(8);
  });

  it('counts old processes that are still there, and nobody of another unit', () => {
    const other = sample({ pid: 30, unit: 'other.service' });
    expect(
      follow(
        begun(),
        () => [OLD, other],
        () => 0,
      ),
    ).toMatchObject({ phase: 'not-back', second: 125 });
  });

  it('is not back when each new process ends again before long', () => {
    const dying = (second: number): ProcessSample[] => [
      sample({ pid: 100 + Math.floor(second / 20), unit: 'web.service' }),
    ];
    expect(follow(begun(), dying, () => 0)).toMatchObject({ phase: 'not-back', reads: [] });
  });

  it('is no failure where nobody could read what it freed', () => {
    expect(weigh(begun({ phase: 'up' }), undefined, 200_000).phase).toBe('unread');
    const { before: _, ...blind } = begun({ phase: 'up' });
    expect(weigh(blind, 5, 40_000).phase).toBe('unread');
  });

  it('that only has to be up is over when it is', () => {
    const { frees: _, ...aim } = AIM;
    expect(
      follow(
        begun({ aim }),
        () => [FRESH],
        () => 0,
      ),
    ).toMatchObject({ phase: 'helped', second: 30, reads: [] });
  });
});

describe('a course', () => {
  it('counts those in a row that did not help', () => {
    const course = (['helped', 'useless', 'failed'] as const).reduce(
      (sum, outcome) => withAct(sum, { time: 1, outcome }),
      UNTREATED,
    );
    expect(uselessInARow(course)).toBe(2);
    expect(uselessInARow(withAct(course, { time: 2, outcome: 'helped' }))).toBe(0);
    expect(uselessInARow(UNTREATED)).toBe(0);
  });

  it('tells how long an act did, once it is to be done again, and how fast memory came back', () => {
    const act = { time: 1_000, outcome: 'helped', before: 600, after: 100 } as const;
    const course = withAct(UNTREATED, act);
    expect(worn(act, 61_000)).toEqual({ ...act, lasted: 60_000 });
    expect(worn(act, 61_000, 60_000).outcome).toBe('helped');
    expect(worn(act, 61_000, 60_001).outcome).toBe('useless');
    // What is known already stays; a failure did for no time, and a clock that was set back tells nothing.
    expect(worn({ ...act, lasted: 5 }, 61_000, 60_001)).toEqual({ ...act, lasted: 5 });
    expect(worn({ ...act, outcome: 'failed' }, 61_000)).toEqual({ ...act, outcome: 'failed' });
    expect(worn(act, 500, 60_000)).toEqual(act);
    const later = withLast(course, worn(act, 61_000));
    expect(later.acts).toHaveLength(1);
    expect(pace(later, 700)).toBe(0.01);
    expect([pace(later, 100), pace(later, undefined), pace(course, 700), pace(UNTREATED, 700)]).toEqual([
      ...Array.from({ length: 4 }, () => undefined),
    ]);
  });

  it('is that of what stays: the unit, the container, the name of a process', () => {
    const target = {
      key: 'k',
      by: 'process',
      name: 'w[1]',
      count: 1,
      processes: [{ pid: 1, start: 1, name: 'w' }],
    } as const;
    expect(lineageOf({ ...target, unit: 'a@1.service' })).toBe('a@1.service');
    expect(lineageOf({ ...target, container: 'c' })).toBe('container c');
    expect(lineageOf(target)).toBe('process w');
    expect(lineageOf({ ...target, by: 'user' } satisfies EventTarget)).toBe('user k');
    expect([groupOf('a@1.service'), groupOf('a@2.service'), groupOf('a.service')]).toEqual([
      'a@.service',
      'a@.service',
      'a.service',
    ]);
  });
});
