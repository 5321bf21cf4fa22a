import { describe, expect, it } from 'vitest';
import { acknowledge, emptyDesk, hear } from '../../../src/core/telling/desk.ts';
import { nextDue } from '../../../src/core/telling/due.ts';
import { settle } from '../../../src/core/telling/settle.ts';
import type { Silence } from '../../../src/core/telling/silence.ts';
import { parseClock, type TimeWindow } from '../../../src/core/telling/window.ts';
import type { AlertEvent, Rule, Step } from '../../../src/core/types.ts';
import { rule } from '../world.ts';
import { alertEvent, step, stepsOf } from './world.ts';

/** A desk and a clock that goes on by the second; what is told is written down as `second step kind target`. */
function open(rules: readonly Rule[], begin = Date.parse('2026-07-06T06:00:00Z'), quiet: readonly TimeWindow[] = []) {
  const desk = emptyDesk();
  const told: string[] = [];
  const held: string[] = [];
  const events: AlertEvent[] = [];
  let second = 0;
  const at = () => ({ time: begin + second * 1000, uptime: second * 1000 });
  const look = (): void => {
    const { hand, held: kept, ended } = settle(desk, at(), quiet);
    for (const { event, steps } of hand) {
      events.push(event);
      const wanted = steps.filter(({ on }) => on.includes(event.kind));
      for (const { name } of wanted) told.push(`${second} ${name} ${event.kind} ${event.target.name}`);
    }
    for (const { event, step: of, why } of kept) held.push(`${second} ${of.name} ${event.kind}: ${why}`);
    for (const { silence, why } of ended) held.push(`${second} end ${silence.id}: ${why}`);
  };
  return {
    ...{ desk, told, held, events, at },
    /** What happens now: `rule kind target`. */
    now(...happened: string[]): void {
      for (const text of happened) {
        const [name = '', kind, target = ''] = text.split(' ');
        const of = rules.find((one) => one.name === name);
        if (of === undefined) throw new Error(text);
        hear(desk, alertEvent(of, kind as AlertEvent['kind'], { target, now: at() }), of);
      }
      look();
    },
    wait(seconds: number): void {
      for (const end = second + seconds; second < end; ) {
        second += 1;
        look();
      }
    },
  };
}

const mail = (more: Partial<Step> = {}): Step => step('mail', { gathers: true }, more);

function silence(more: Partial<Silence>): Silence {
  const made = { created: 0, usedAt: 0, until: 'ended' as const };
  return { id: 's1', author: 'ann', reason: 'deploy', match: {}, ...made, ...more };
}

describe('an alert', () => {
  it('of a plain rule is told at once, reminded of, and its end is told', () => {
    const { now, wait, told } = open([rule({ name: 'web', steps: [mail(), step('log')] })]);
    now('web fired nginx');
    wait(5);
    now('web reminded nginx');
    now('web resolved nginx');
    const words = (second: number, kind: string): string[] =>
      ['mail', 'log'].map((name) => `${second} ${name} ${kind} nginx`);
    expect(told).toEqual([...words(0, 'fired'), ...words(5, 'reminded'), ...words(5, 'resolved')]);
  });

  it('that is told twice is told once', () => {
    const { now, told } = open([rule({ name: 'web', steps: [mail()] })]);
    now('web fired nginx', 'web fired nginx');
    now('web fired nginx');
    expect(told).toHaveLength(1);
  });

  it('reaches later steps when it has lasted, and they hear of its end', () => {
    const { now, wait, told, desk } = open([
      rule({ name: 'web', steps: [mail(), step('chief', {}, { after: 60_000 })] }),
    ]);
    now('web fired nginx');
    expect(nextDue(desk)).toBe(60_000);
    wait(70);
    now('web resolved nginx');
    now('web fired other');
    wait(30);
    now('web resolved other');
    wait(60);
    expect(told.filter((one) => one.includes('chief'))).toEqual(['60 chief fired nginx', '70 chief resolved nginx']);
  });
});

describe.each(['rule removed', 'rule changed'] as const)('what ended because of its rule (%s)', (reason) => {
  const group = { by: ['rule'], wait: 0, interval: 300_000 };

  it('is told at once, also in a silence, and before the interval of its group', () => {
    const [alone, many] = [rule({ name: 'web', steps: [mail()] }), rule({ name: 'db', group, steps: [mail()] })];
    const { now, wait, told, desk, at } = open([alone, many]);
    now('web fired nginx', 'db fired mysql');
    wait(5);
    desk.silences.set('s1', silence({ match: { rule: 'web' }, until: at().time + 60_000 }));
    for (const [of, target] of [
      [alone, 'nginx'],
      [many, 'mysql'],
    ] as const)
      hear(desk, { ...alertEvent(of, 'resolved', { target, now: at() }), reason }, of);
    now();
    expect(told.slice(2)).toEqual(['5 mail resolved nginx', '5 mail resolved mysql']);
  });
});

describe('a silence', () => {
  it('holds what it matches, says why once, and what still fires at its end is told then', () => {
    const { now, wait, told, held, desk, at } = open([rule({ name: 'web', steps: [mail()] })]);
    desk.silences.set('s1', silence({ match: { target: 'ng*' }, until: at().time + 10_000 }));
    now('web fired nginx', 'web fired mysql', 'web fired ngrok');
    wait(5);
    now('web resolved ngrok');
    wait(5);
    expect(told).toEqual(['0 mail fired mysql', '10 mail fired nginx']);
    expect(held).toEqual([
      '0 mail fired: silenced by ann (s1): deploy',
      '0 mail fired: silenced by ann (s1): deploy',
      '10 end s1: its time is over',
    ]);
    expect([...desk.cases.values()].map((one) => one.held)).toEqual([1, 0]);
  });

  it('holds the end of what was told before, and lets it be told afterwards', () => {
    const { now, wait, told, desk, at } = open([rule({ name: 'web', steps: [mail()] })]);
    now('web fired nginx');
    desk.silences.set('s1', silence({ until: at().time + 10_000 }));
    now('web resolved nginx');
    wait(10);
    expect(told).toEqual(['0 mail fired nginx', '10 mail resolved nginx']);
    expect(desk.cases.size).toBe(0);
  });

  it('until resolved ends with what it silences; one that is not used ends by itself', () => {
    const { now, wait, held, desk } = open([rule({ name: 'web', steps: [mail()] })], 0);
    now('web fired nginx');
    desk.silences.set('s1', silence({ until: 'resolved', match: { rule: 'web' } }));
    desk.silences.set('s2', silence({ id: 's2', match: { rule: 'other' }, expireUnused: 20_000 }));
    wait(10);
    expect([...desk.silences.keys()]).toEqual(['s1', 's2']);
    now('web resolved nginx');
    wait(10);
    expect(held.filter((one) => one.includes(' end '))).toEqual([
      '10 end s1: what it silenced is resolved',
      '20 end s2: it was not used',
    ]);
  });

  it('that recurs holds only while it has come round', () => {
    const recurs = { cron: '0 2 * * *', zone: 'Europe/Berlin', lasts: 60_000 };
    const { now, wait, told, desk } = open(
      [rule({ name: 'web', steps: [mail()] })],
      Date.parse('2026-07-06T01:59:30+02:00'),
    );
    desk.silences.set('s1', silence({ recurs }));
    now('web fired one');
    wait(40);
    now('web fired two');
    wait(60);
    expect(told).toEqual(['0 mail fired one', '90 mail fired two']);
  });
});

describe('a window', () => {
  it('holds what fires outside of it, and what still fires when it opens is told then', () => {
    const office = { days: [1], from: parseClock('08:00'), to: parseClock('08:01'), zone: 'Europe/Berlin' };
    const rules = [
      rule({ name: 'web', during: [office], steps: [mail(), step('chief', {}, { after: 20_000, escalation: true })] }),
    ];
    const { now, wait, told, held } = open(rules, Date.parse('2026-07-06T07:59:50+02:00'));
    now('web fired nginx', 'web fired mysql');
    wait(5);
    now('web resolved mysql');
    wait(30);
    // The louder step counts from the moment at which somebody could know.
    expect(told).toEqual(['10 mail fired nginx', '30 chief fired nginx']);
    expect(held[0]).toBe('0 mail fired: outside of the times of during');
    wait(40);
    now('web fired late');
    expect(told).toHaveLength(2);
  });

  it('of except holds inside of it', () => {
    const night = { days: [0, 1, 2, 3, 4, 5, 6], from: parseClock('22:00'), to: parseClock('06:00'), zone: 'UTC' };
    const { now, told, held } = open(
      [rule({ name: 'web', except: [night], steps: [mail()] })],
      Date.parse('2026-07-06T23:00Z'),
    );
    now('web fired nginx');
    expect(told).toEqual([]);
    expect(held).toEqual(['0 mail fired: within the times of except']);
  });
});

describe('an inhibited rule', () => {
  const cause = rule({ name: 'cause', steps: [mail()] });
  const effect = rule({ name: 'effect', inhibitedBy: ['cause'], steps: [mail()] });

  it('is held while the other fires for the same target, also when it fires first in a snapshot, and told when it still holds', () => {
    const { now, wait, told, held } = open([cause, effect]);
    now('effect fired nginx', 'cause fired nginx', 'effect fired mysql');
    wait(5);
    now('cause resolved nginx');
    expect(told.slice(0, 2).sort()).toEqual(['0 mail fired mysql', '0 mail fired nginx']);
    expect(told.slice(2).sort()).toEqual(['5 mail fired nginx', '5 mail resolved nginx']);
    expect(held).toEqual(['0 mail fired: inhibited by cause (nginx)']);
  });

  it('is not held by a rule that is only tried out, nor by itself', () => {
    const shadow = rule({ name: 'cause', mode: 'dry-run' });
    const own = rule({ name: 'effect', inhibitedBy: ['cause', 'effect'], steps: [mail()] });
    const { now, told } = open([shadow, own]);
    now('cause fired nginx', 'effect fired nginx');
    expect(told).toEqual(['0 mail fired nginx']);
  });
});

describe('an acknowledgement', () => {
  it('ends reminders and keeps louder steps from being taken; the end is told', () => {
    const louder = step('chief', {}, { after: 30_000, escalation: true });
    const { now, wait, told, held, desk, at } = open([rule({ name: 'web', steps: [mail(), louder] })]);
    now('web fired nginx');
    wait(10);
    const [alert = ''] = [...desk.cases.keys()];
    expect(acknowledge(desk, alert, { author: 'bob', reason: 'on it', time: at().time })).toBe(true);
    now('web reminded nginx');
    wait(60);
    now('web resolved nginx');
    expect(told).toEqual(['0 mail fired nginx', '70 mail resolved nginx']);
    expect(held).toEqual(['10 mail reminded: acknowledged by bob: on it']);
    expect(acknowledge(desk, alert, { author: 'bob', reason: 'late', time: 0 })).toBe(false);
  });
});

describe('a group', () => {
  const group = { by: ['rule'], wait: 30_000, interval: 300_000 };
  const of = (more: Partial<Rule> = {}) => [
    rule({ name: 'web', group, steps: [mail(), step('restart', { exclusive: true })], ...more }),
  ];

  it('waits for company, and is told as one, while each is acted upon at once', () => {
    const { now, wait, told, events, desk } = open(of());
    now('web fired one');
    wait(10);
    now('web fired two');
    wait(19);
    expect(told).toEqual(['0 restart fired one', '10 restart fired two']);
    expect(nextDue(desk)).toBe(30_000);
    wait(1);
    expect(told[2]).toBe('30 mail fired one, two');
    expect(events[2]?.bundle).toMatchObject({ count: 2, firing: 2 });
    expect(events[2]?.message).toBe('2 firing: one, two');
  });

  it('tells what changes no more often than its interval, and its end when all is over', () => {
    const { now, wait, told, events } = open(of({ steps: [mail()] }));
    now('web fired one', 'web fired two');
    wait(60);
    now('web resolved one');
    wait(10);
    now('web fired three');
    wait(600);
    expect(told.slice(1)).toEqual(['330 mail fired two, three, one']);
    expect(events[1]?.message).toBe('2 firing, 1 resolved: two, three, one');
    now('web resolved two', 'web resolved three');
    expect(told[2]).toBe('670 mail resolved two, three');
    expect(new Set(events.map(({ alert }) => alert)).size).toBe(1);
    expect(new Set(events.map(({ id }) => id)).size).toBe(3);
    wait(600);
    expect(told).toHaveLength(3);
  });

  it('that is over before it is told is told with its end', () => {
    const { now, wait, told } = open(of({ steps: [mail()] }));
    now('web fired one');
    wait(5);
    now('web resolved one');
    wait(60);
    expect(told).toEqual(['30 mail fired one', '30 mail resolved one']);
  });

  it('says nothing of who is over, and muted, before it is told', () => {
    const { now, wait, told, desk } = open(of({ steps: [mail()] }));
    now('web fired one', 'web fired two');
    wait(5);
    now('web resolved one');
    desk.silences.set('s1', silence({ match: { target: 'one' } }));
    wait(60);
    expect(told).toEqual(['30 mail fired two']);
  });

  it('reminds when it is time to, whatever its interval', () => {
    const { now, wait, told } = open(of({ steps: [mail()] }));
    now('web fired one', 'web fired two');
    wait(100);
    now('web reminded one', 'web reminded two');
    expect(told[1]).toBe('100 mail reminded one, two');
  });

  it('leaves out whom a cause that came later explains', () => {
    const cause = rule({ name: 'cause', steps: [] });
    const { now, wait, told } = open([...of({ inhibitedBy: ['cause'], steps: [mail()] }), cause]);
    now('web fired one', 'web fired two');
    wait(10);
    now('cause fired one');
    wait(50);
    now('cause resolved one');
    wait(600);
    expect(told).toEqual(['30 mail fired two', '330 mail fired two, one']);
  });

  it('gathers rules with one receiver by what they have in common', () => {
    const rules = ['a', 'b'].map((name) => rule({ name, group: { ...group, by: ['host'] }, steps: [mail()] }));
    const { now, wait, events } = open(rules);
    now('a fired one', 'b fired one', 'b fired two');
    wait(30);
    expect(events).toHaveLength(1);
    expect(events[0]?.message).toBe('3 firing, of 2 rules: one, one, two');
  });
});

describe('a storm', () => {
  const targets = Array.from({ length: 30 }, (_, index) => `web fired t${index}`);
  const restart = step('restart', { exclusive: true });

  it('is told as one with its first names, and nothing acts on it', () => {
    const { now, told, held, events } = open([rule({ name: 'web', steps: [mail(), step('log'), restart] })]);
    now(...targets);
    expect(told).toEqual(['mail', 'log'].map((name) => `0 ${name} fired t0, t1, t2 and 27 more`));
    expect(events[0]?.bundle).toMatchObject({ count: 30, storm: true });
    expect(events[0]?.message).toContain(
      '30 targets at once (30 firing), told as one and not acted upon: t0, t1, t2, t3, t4 and 25 more',
    );
    expect(held).toEqual(['0 restart fired: a storm: web fires for 30 targets at once, and acts on none of them']);
  });

  it('is over when all of it is, and what fires alone later is told and acted upon', () => {
    const { now, wait, told } = open([rule({ name: 'web', steps: [mail(), restart] })]);
    now(...targets);
    wait(400);
    now(...targets.map((text) => text.replace('fired', 'resolved')));
    expect(told[1]).toBe('400 mail resolved t0, t1, t2 and 27 more');
    now('web fired alone');
    expect(told.slice(2)).toEqual(['400 mail fired alone', '400 restart fired alone']);
  });

  it('is no storm up to as many as the rule says', () => {
    const { now, told } = open([rule({ name: 'web', storm: 30, steps: [restart] })]);
    now(...targets);
    expect(told).toHaveLength(30);
  });

  it('is also one when its targets come one after the other while a group waits', () => {
    const group = { by: ['rule'], wait: 30_000, interval: 300_000 };
    const { now, wait, told } = open([rule({ name: 'web', group, steps: [restart] })]);
    for (const one of targets) {
      now(one);
      wait(1);
    }
    expect(told).toHaveLength(20);
  });
});

it('keeps nothing of what is over', () => {
  const { now, wait, desk } = open([rule({ name: 'web', steps: stepsOf('mail', 'log') })]);
  now('web fired nginx', 'web pending other', 'web cancelled other');
  now('web resolved nginx');
  wait(10);
  expect([desk.cases.size, desk.gatherings.size, desk.inbox.length]).toEqual([0, 0, 0]);
});

describe('quiet hours', () => {
  // Until 06:01, a minute after the desk opens.
  const quiet = [{ days: [0, 1, 2, 3, 4, 5, 6], from: parseClock('22:00'), to: parseClock('06:01'), zone: 'UTC' }];
  const act = (more: Partial<Step> = {}): Step =>
    step('restart', { exclusive: true }, { on: ['fired', 'reminded'], ...more });
  const begin = (rules: readonly Rule[]) => open(rules, undefined, quiet);

  it('let everybody be told at once; what acts waits, noted once, and is done at their end where it still fires', () => {
    const { now, wait, told, held, desk } = begin([rule({ name: 'web', steps: [mail(), act()] })]);
    now('web fired one', 'web fired two');
    wait(10);
    now('web reminded one', 'web resolved two');
    // Nothing wakes the desk for what can't be done: the next snapshot does.
    expect(nextDue(desk)).toBeUndefined();
    wait(49);
    const restarts = (): string[] => told.filter((line) => line.includes('restart'));
    expect(restarts()).toEqual([]);
    expect(told).toEqual(['0 mail fired one', '0 mail fired two', '10 mail reminded one', '10 mail resolved two']);
    expect(held).toEqual(Array(2).fill('0 restart fired: quiet hours: nothing is done to processes before they end'));
    wait(1);
    expect(restarts()).toEqual(['60 restart fired one']);
    now('web reminded one');
    expect(restarts()).toEqual(['60 restart fired one', '60 restart reminded one']);
  });

  it('hold what was to act later, too, and what acts on anything but a beginning', () => {
    const { now, wait, told, held } = begin([
      rule({ name: 'web', steps: [act({ after: 30_000 })] }),
      rule({ name: 'early', for: 60_000, steps: [act({ on: ['pending'] })] }),
    ]);
    now('web fired one', 'early pending two');
    wait(59);
    expect(told).toEqual([]);
    expect(held.map((line) => line.split(':')[0])).toEqual(['0 restart pending', '30 restart fired']);
    wait(1);
    expect(told).toEqual(['60 restart fired one']);
  });
});
