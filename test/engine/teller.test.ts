import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseClock } from '../../src/core/telling/window.ts';
import type { AlertEvent, Event, Rule } from '../../src/core/types.ts';
import { createBus } from '../../src/engine/bus.ts';
import { Teller } from '../../src/engine/teller.ts';
import { alertEvent, step } from '../core/telling/world.ts';
import { rule } from '../core/world.ts';

afterEach(() => vi.useRealTimers());

/** A teller, and what it hands on and records. */
function begin() {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const handed: { event: AlertEvent; rule: Rule; age: number }[] = [];
  const held: string[] = [];
  const notices: Event[] = [];
  const bus = createBus([{ event: (one) => notices.push(one) }]);
  const teller = new Teller({
    bus,
    hand: (event, of, age) => handed.push({ event, rule: of, age }),
    hold: (of, _, { why, reason }) => held.push(`${of.name}: ${why}: ${reason}`),
  });
  return { teller, handed, held, notices };
}

const now = { time: Date.parse('2026-07-06T12:00Z'), uptime: 1000 };

describe('a teller', () => {
  it('hands on what is due when the snapshot is over, and the rest by its own clock between two snapshots', async () => {
    const { teller, handed } = begin();
    const group = { by: ['rule'], wait: 30_000, interval: 300_000 };
    const of = rule({
      group,
      steps: [step('mail', { gathers: true }), step('log'), step('act', {}, { after: 60_000 })],
    });
    for (const target of ['one', 'two']) teller.hear(alertEvent(of, 'fired', { target, now }), of);
    expect(handed).toEqual([]);
    teller.finish(now);
    expect(handed.map(({ rule: { steps } }) => steps.map(({ name }) => name))).toEqual([['log'], ['log']]);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(handed[2]).toMatchObject({ event: { bundle: { count: 2 } }, rule: { steps: [{ name: 'mail' }] } });
    await vi.advanceTimersByTimeAsync(30_000);
    expect(handed.slice(3)).toMatchObject([
      { rule: { steps: [{ name: 'act' }] }, age: 60_000 },
      { rule: { steps: [{ name: 'act' }] }, age: 60_000 },
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('puts on record what it holds, and that a silence has ended', () => {
    const { teller, handed, held, notices } = begin();
    const of = rule({ steps: [step('mail'), step('restart', { exclusive: true })] });
    const match = { rule: of.name };
    const silence = { id: 's1', author: 'ann', reason: 'deploy', created: 0, usedAt: 0, match };
    teller.finish(now);
    teller.silence({ ...silence, until: now.time + 60_000 });
    teller.hear(alertEvent(of, 'fired', { target: 'one', now }), of);
    teller.finish(now);
    expect(handed).toEqual([]);
    expect(held).toEqual(['mail', 'restart'].map((name) => `${name}: silence: silenced by ann (s1): deploy`));
    teller.finish({ time: now.time + 60_000, uptime: now.uptime + 60_000 });
    expect(handed).toHaveLength(1);
    expect(notices).toMatchObject([{ kind: 'silence', message: expect.stringContaining('its time is over') }]);
    expect(teller.endSilence('s1')).toBe(false);
  });

  it('tells at the end what was still waiting for company, but not what is muted', () => {
    const { teller, handed } = begin();
    const group = { by: ['rule'], wait: 30_000, interval: 300_000 };
    const closed = { days: [], from: parseClock('08:00'), to: parseClock('09:00'), zone: 'UTC' };
    const open = rule({ name: 'open', group, steps: [step('mail', { gathers: true })] });
    const muted = rule({ name: 'muted', during: [closed], steps: [step('mail')] });
    for (const of of [open, muted]) teller.hear(alertEvent(of, 'fired', { target: 'one', now }), of);
    teller.finish(now);
    teller.close();
    expect(handed.map(({ event }) => event.rule)).toEqual(['open']);
    expect(vi.getTimerCount()).toBe(0);
  });
});
