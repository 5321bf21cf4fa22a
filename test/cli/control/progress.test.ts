import { expect, it } from 'vitest';
import { listAlerts } from '../../../src/cli/control/alerts.ts';
import { type Files, progressOf } from '../../../src/cli/control/progress.ts';
import { explainTargets } from '../../../src/cli/control/why.ts';
import { advance } from '../../../src/core/advance.ts';
import { UNTREATED } from '../../../src/core/course.ts';
import { emptyMemory } from '../../../src/core/memory.ts';
import { acknowledge, emptyDesk, hear, surroundings } from '../../../src/core/telling/desk.ts';
import { settle } from '../../../src/core/telling/settle.ts';
import type { Step } from '../../../src/core/types.ts';
import { MiB, pssAbove, rule, sample, snapshot } from '../../core/world.ts';
import { action, step } from '../../engine/outbox/stage.ts';

const nothing = action(async () => '');
const escalation: Step = { ...step('phone', nothing), escalation: true, after: 60_000 };
const restart = step('redo', { ...nothing, exclusive: true, lineage: () => 'web.service' });

/** An alert that fired at second 10, on the desk since. */
function firing() {
  const of = rule({ when: pssAbove(100 * MiB), repeat: 30_000, steps: [step('mail', nothing), restart, escalation] });
  const [memory, desk] = [emptyMemory(), emptyDesk()];
  const taken = snapshot(10, [sample({ pid: 7, pss: 200 * MiB })]);
  for (const event of advance(memory, [of], taken)) hear(desk, event, of);
  settle(desk, { time: taken.time, uptime: 10_000 });
  const [id = ''] = desk.cases.keys();
  const handedOver = { time: 0, why: 'it did not help' };
  const files: Files = {
    ...{ desk, uptime: 20_000, around: surroundings(desk, taken.time) },
    courses: { of: (lineage) => (lineage === 'web.service' ? { acts: [], handedOver } : UNTREATED) },
    waiting: () => [{ to: 'mail', kind: 'fired', attempts: 2, reason: 'connection refused', in: 4_000 }],
    evidence: (alert) => (alert === id ? ['/var/lib/psstop/captures/1.txt'] : []),
  };
  return { memory, desk, files, id };
}

it('says who has heard of an alert, who will, what waits, and what is known of it', () => {
  const { memory, files, id } = firing();
  const [why] = explainTargets(memory, '7', files);
  expect(why?.reminds).toBe(30_000);
  expect(why?.alert).toEqual({
    alert: id,
    suppressed: 0,
    left: 'it did not help',
    evidence: ['/var/lib/psstop/captures/1.txt'],
    taken: ['mail', 'redo'],
    next: [{ step: 'phone', in: 50_000 }],
    waiting: [{ to: 'mail', kind: 'fired', attempts: 2, reason: 'connection refused', in: 4_000 }],
  });
});

it('shows it by the id that it was told by, also when the host has another name since', () => {
  const { memory, files, id } = firing();
  const renamed = { ...snapshot(11, [sample({ pid: 7, pss: 200 * MiB })]), host: 'another' };
  advance(memory, memory.rules, renamed);
  expect(listAlerts(memory, files)).toMatchObject([
    { alert: id, left: 'it did not help', evidence: ['/var/lib/psstop/captures/1.txt'] },
  ]);
});

it('says that it is silenced as soon as it is, and not only once there was something to hold', () => {
  const { desk, files, id } = firing();
  expect(progressOf(id, files).held).toBeUndefined();
  const silence = { id: '1', author: 'ann', reason: 'deploy', created: 1, match: { rule: 'bud*' }, usedAt: 1 };
  desk.silences.set('1', { ...silence, until: 'resolved' });
  const { time } = files.around;
  expect(progressOf(id, { ...files, around: surroundings(desk, time) }).held).toBe('silenced by ann (1): deploy');
});

it('expects no louder step once somebody has taken it upon himself', () => {
  const { desk, files, id } = firing();
  acknowledge(desk, id, { author: 'ann', reason: 'on it', time: 1 });
  expect(progressOf(id, files)).toMatchObject({ acknowledged: { author: 'ann' }, next: [] });
});
