import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IDLE, leave, skip, step } from '../../src/core/alert.ts';
import type { AlertKind, AlertState, Rule } from '../../src/core/types.ts';

type Timing = Pick<Rule, 'for' | 'keep' | 'repeat' | 'noData'>;

const timing: Timing = { for: 0, keep: 0, repeat: 0, noData: 'keep' };

/** Feeds one letter a second: `+` met, `-` not met, `?` can't be told; gives back the kinds with their seconds. */
function run(letters: string, rule: Partial<Timing>): string[] {
  let state: AlertState = IDLE;
  const told: string[] = [];
  for (const [second, letter] of [...letters].entries()) {
    const met = letter === '?' ? undefined : letter === '+';
    const result = step(state, { met, uptime: second * 1000, time: second * 1000 + 1e12 }, { ...timing, ...rule });
    state = result.state;
    if (result.kind) told.push(`${second} ${result.kind}`);
  }
  return told;
}

describe('an alert', () => {
  it('fires at once and resolves at once where the rule names no times', () => {
    expect(run('-++-', {})).toEqual(['1 fired', '3 resolved']);
  });

  it('fires when the condition has held for the time, and not a second earlier', () => {
    expect(run('++++', { for: 3000 })).toEqual(['0 pending', '3 fired']);
    expect(run('+++-+', { for: 3000 })).toEqual(['0 pending', '3 cancelled', '4 pending']);
  });

  it('resolves when it has been clear for the time; a relapse is the same alert', () => {
    expect(run('+--+---', { keep: 2000 })).toEqual(['0 fired', '6 resolved']);
  });

  it('reminds by its own timer, and not while it clears', () => {
    expect(run('++++++', { repeat: 2000 })).toEqual(['0 fired', '2 reminded', '4 reminded']);
    expect(run('+---', { repeat: 1000, keep: 5000 })).toEqual(['0 fired']);
  });

  it('takes what can not be told as the rule says', () => {
    expect(run('+??-', {})).toEqual(['0 fired', '3 resolved']);
    expect(run('+?', { noData: 'clear' })).toEqual(['0 fired', '1 resolved']);
    expect(run('-?', { noData: 'fire' })).toEqual(['1 fired']);
    expect(run('+??+', { for: 3000 })).toEqual(['0 pending', '3 fired']);
  });

  it('does not count the time in which the machine slept', () => {
    const pending: AlertState = { ...IDLE, phase: 'pending', since: 1000, begun: 5 };
    expect(skip(pending, 60_000).since).toBe(61_000);
    expect(skip({ ...pending, phase: 'firing', away: 2000 }, 60_000).away).toBe(62_000);
    expect(skip({ ...pending, phase: 'firing' }, 60_000).since).toBe(1000);
  });

  it('waits ten seconds for a target that left while it fired, and for no other', () => {
    const firing: AlertState = { ...IDLE, phase: 'firing', since: 1000, begun: 5, fired: 6, toldAt: 1000 };
    const waiting = { ...firing, away: 4000 };
    expect(leave(firing, 4000)).toEqual(waiting);
    expect(leave({ ...firing, phase: 'clearing' }, 4000)).toEqual({ ...waiting, phase: 'clearing' });
    expect(leave(waiting, 13_999)).toBe(waiting);
    expect(leave(waiting, 14_000)).toBeUndefined();
    expect(leave({ ...firing, phase: 'pending' }, 4000)).toBeUndefined();
    expect(leave(IDLE, 4000)).toBeUndefined();
  });

  it('goes on as it was when its target is there again', () => {
    const there: AlertState = { ...IDLE, phase: 'firing', since: 4000, begun: 5, fired: 6, toldAt: 1000 };
    for (const phase of ['firing', 'clearing'] as const) {
      for (const met of [true, false, undefined]) {
        const input = { met, uptime: 8000, time: 8 };
        const rule = { ...timing, keep: 3000, repeat: 5000 };
        const state = { ...there, phase };
        expect(step({ ...state, away: 5000 }, input, rule)).toEqual(step(state, input, rule));
      }
    }
  });

  it('tells every story in order, whatever happens', () => {
    const letters = fc.array(fc.constantFrom('+', '-', '?'), { maxLength: 60 }).map((list) => list.join(''));
    const after: Record<string, AlertKind[]> = {
      start: ['pending', 'fired'],
      pending: ['cancelled', 'fired'],
      cancelled: ['pending', 'fired'],
      fired: ['reminded', 'resolved'],
      reminded: ['reminded', 'resolved'],
      resolved: ['pending', 'fired'],
    };
    const times = fc.constantFrom(0, 1000, 3000);
    fc.assert(
      fc.property(letters, fc.record({ for: times, keep: times, repeat: times }), (story, ofRule) => {
        let last = 'start';
        for (const line of run(story, ofRule)) {
          const kind = line.split(' ')[1] as AlertKind;
          expect(after[last]).toContain(kind);
          last = kind;
        }
      }),
    );
  });
});
