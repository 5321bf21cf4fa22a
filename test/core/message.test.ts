import { expect, it } from 'vitest';
import { alertEvent } from '../../src/core/event.ts';
import { compileMessage } from '../../src/core/message.ts';
import { noStanding } from '../../src/core/standing.ts';
import { Target } from '../../src/core/target.ts';
import { MiB, pssAbove, rule, sample, snapshot } from './world.ts';

function say(text: string): string {
  const taken = snapshot(60, [sample({ pid: 7, pss: 612 * MiB, unit: 'web.service' })]);
  const ofRule = rule({ labels: { team: 'web' }, message: compileMessage(text), when: pssAbove(500 * MiB) });
  const target = new Target(ofRule, { key: 'web', name: 'web' }, { snapshot: taken, standing: noStanding() });
  for (const member of taken.processes) target.add(member);
  target.verdict = ofRule.when.test(target);
  const alert = {
    phase: 'firing',
    since: 0,
    begun: taken.time - 60_000,
    fired: taken.time,
    toldAt: 0,
    away: 0,
  } as const;
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
