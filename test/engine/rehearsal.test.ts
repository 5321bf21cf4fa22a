import { expect, it } from 'vitest';
import { parseClock } from '../../src/core/telling/window.ts';
import type { AlertEvent, Rule } from '../../src/core/types.ts';
import { Rehearsal, type RehearsalOptions } from '../../src/engine/rehearsal.ts';
import { alertEvent, step } from '../core/telling/world.ts';
import { rule } from '../core/world.ts';

const BEGAN = Date.parse('2026-07-06T06:00:00Z');

/** A rehearsal that is shown a snapshot whenever `at` is called; what it says is written down as `second step kind target`. */
function begin(of: Rule, options: Partial<RehearsalOptions> = {}) {
  const would: string[] = [];
  const refused: string[] = [];
  const since = (time: number): number => Math.round(time - BEGAN) / 1000;
  const rehearsal = new Rehearsal({
    ...options,
    would({ event, steps, time }) {
      const what = event.bundle ? `bundle of ${event.bundle.count}` : event.target.name;
      for (const { name } of steps) would.push(`${since(time)} ${name} ${event.kind} ${what}`);
    },
    refused: ({ action, target, reason, time }) => refused.push(`${since(time)} ${action} ${target}: ${reason}`),
  });
  const at = (second: number, ...happened: string[]): void => {
    const now = { time: BEGAN + second * 1000, uptime: 1e6 + second * 1000 };
    for (const text of happened) {
      const [kind, target = ''] = text.split(' ');
      rehearsal.hear(alertEvent(of, kind as AlertEvent['kind'], { target, now }), of);
    }
    rehearsal.finish(now);
  };
  return { rehearsal, would, refused, at };
}

it('says what a daemon would have told between two snapshots, at its own time', () => {
  const group = { by: ['rule'], wait: 30_000, interval: 300_000 };
  const steps = [step('mail', { gathers: true }), step('log'), step('late', {}, { after: 60_000 })];
  const { at, would } = begin(rule({ group, steps }));
  at(0, 'fired one');
  at(20, 'fired two');
  at(3600, 'resolved one');
  expect(would).toEqual([
    '0 log fired one',
    '20 log fired two',
    '30 mail fired bundle of 2',
    '60 late fired one',
    '80 late fired two',
    '3600 log resolved one',
    '3600 late resolved one',
    '3600 mail reminded bundle of 2',
  ]);
});

it('counts limits by the time of the snapshots, and acts when the host may', () => {
  const act = step('restart', { exclusive: true }, { on: ['fired', 'reminded'], atMost: { times: 1, per: 3_600_000 } });
  const quiet = [{ days: [1], from: parseClock('00:00'), to: parseClock('06:01'), zone: 'UTC' }];
  const { at, would, refused } = begin(rule({ steps: [act] }), { quiet });
  at(0, 'fired one');
  at(60);
  at(120, 'reminded one');
  at(3661, 'reminded one');
  expect(would).toEqual(['60 restart fired one', '3661 restart reminded one']);
  expect(refused).toEqual([
    '0 restart one: quiet hours: nothing is done to processes before they end',
    '120 restart one: limit reached: restart at most 1 times in 1h',
  ]);
});

it('tells what waits for company when the recording ends, or the machine came up anew in it', () => {
  const group = { by: ['rule'], wait: 30_000, interval: 300_000 };
  const { at, would, rehearsal } = begin(rule({ group, steps: [step('mail', { gathers: true })] }));
  at(0, 'fired one');
  at(-500, 'resolved one');
  expect(would).toEqual(['0 mail fired bundle of 1', '-500 mail resolved bundle of 1']);
  at(-400, 'fired two');
  rehearsal.end();
  expect(would.at(-1)).toBe('-400 mail fired bundle of 1');
});

it('a shadow rule would tell nobody, which is on record', () => {
  const { at, would, refused } = begin(rule({ mode: 'shadow', steps: [step('mail')] }));
  at(0, 'fired one');
  expect([would, refused]).toEqual([[], ['0 mail one: shadow rule']]);
});
