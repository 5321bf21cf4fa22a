import { expect, it } from 'vitest';
import { IDLE } from '../../src/core/alert.ts';
import { alertEvent } from '../../src/core/event.ts';
import { Members } from '../../src/core/members.ts';
import { compileMessage, formatFigure } from '../../src/core/message.ts';
import { noStanding } from '../../src/core/standing.ts';
import { Target } from '../../src/core/target.ts';
import type { AlertState, Rule, Snapshot } from '../../src/core/types.ts';
import { MiB, pssAbove, rule, sample, snapshot } from './world.ts';

/** A target of a rule with all processes of a snapshot. */
function targetOf(ofRule: Rule, taken: Snapshot): Target {
  const group = new Members({ key: 'web', name: 'web' }, taken);
  for (const member of taken.processes) group.add(member);
  return new Target(ofRule, group, noStanding());
}

function say(text: string): string {
  const taken = snapshot(60, [sample({ pid: 7, pss: 612 * MiB, unit: 'web.service' })]);
  const ofRule = rule({ labels: { team: 'web' }, message: compileMessage(text), when: pssAbove(500 * MiB) });
  const target = targetOf(ofRule, taken);
  target.verdict = ofRule.when.test(target);
  const alert: AlertState = { ...IDLE, phase: 'firing', begun: taken.time - 60_000, fired: taken.time };
  return alertEvent(target, { kind: 'fired', alert }, taken).message;
}

it('fills in the fields of an event', () => {
  expect(
    say('{{target}} ({{ unit }}, pid {{pid}}) holds {{value}} of {{limit}} for {{labels.team}}{{labels.none}}'),
  ).toBe('web (web.service, pid 7) holds 612 MiB of 500 MiB for web');
});

it('refuses a field that there is not, naming those that there are', () => {
  expect(() => compileMessage('{{valeu}}')).toThrow(/unknown field \{\{valeu\}\}.*value/);
  expect(() => compileMessage('{{constructor}}')).toThrow('unknown field');
});

it('says of a bound that it is one', () => {
  const event = { limit: 500 * MiB, unit: 'bytes', rough: true } as const;
  expect(formatFigure({ ...event, value: 600 * MiB })).toBe('at least 600 MiB');
  expect(formatFigure({ ...event, value: 400 * MiB })).toBe('at most 400 MiB');
  expect(formatFigure({ ...event, value: 500 * MiB })).toBe('about 500 MiB');
  expect(formatFigure({ ...event, value: 600 * MiB, rough: false })).toBe('600 MiB');
  expect(formatFigure({ value: 1, limit: 1, unit: 'count', rough: true })).toBe('1');
});

it('tells the level by which it fires, also while it is compared with the one that ends it', () => {
  const taken = snapshot(60, [sample({ pid: 7, pss: 470 * MiB })]);
  const clears: Rule['when'] = {
    wants: [],
    test: () => ({
      ...{ met: true, value: 470 * MiB, limit: 450 * MiB, fires: 500 * MiB, unit: 'bytes' },
      ...{ rough: true, because: () => '' },
    }),
  };
  const ofRule = rule({ when: clears, message: compileMessage('{{value}}, its budget is {{limit}}') });
  const target = targetOf(ofRule, taken);
  target.verdict = clears.test(target);
  const alert = { ...IDLE, phase: 'firing' } as const;
  const event = alertEvent(target, { kind: 'reminded', alert }, taken);
  expect(event).toMatchObject({ limit: 500 * MiB, ends: 450 * MiB });
  // The bound that decides lies above the level that ends it.
  expect(event.message).toBe('at least 470 MiB, its budget is 500 MiB');
});

it('names the biggest processes with what was read of them last, and when', () => {
  const { exact: last } = sample({ pid: 8, pss: 700 * MiB }, 48_000);
  const old = { ...sample({ pid: 8, rss: 900 * MiB }), ...(last && { last }) };
  const taken = snapshot(60, [
    sample({ pid: 7, pss: 612 * MiB }),
    old,
    sample({ pid: 9, rss: 500 * MiB, unread: 'denied' }),
  ]);
  const ofRule = rule({});
  const target = targetOf(ofRule, taken);
  const alert: AlertState = { ...IDLE, phase: 'firing', begun: 1, fired: 1 };
  const { processes } = alertEvent(target, { kind: 'fired', alert }, taken).target;
  expect(processes).toEqual([
    { pid: 8, start: 8, name: 'web', pss: 700 * MiB, age: 12_000 },
    { pid: 7, start: 7, name: 'web', pss: 612 * MiB },
    { pid: 9, start: 9, name: 'web' },
  ]);
});
