import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Listener } from '../../src/core/listener.ts';
import type { AlertEvent, Notice } from '../../src/core/types.ts';
import { createBus } from '../../src/engine/bus.ts';
import { Dispatcher } from '../../src/engine/dispatch.ts';
import { listening } from '../../src/engine/listening.ts';
import { rule } from '../core/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const listener: Listener = { atLeast: 'warning', rule: rule({ name: 'on[0]' }) };

let now = 0;
const bad = (message: string, more: Partial<Notice> = {}): Notice => ({
  ...{ type: 'notice', kind: 'receiver', severity: 'critical' },
  ...{ time: now, message },
  ...more,
});

function begin() {
  const told: AlertEvent[] = [];
  const handle = (event: AlertEvent): void => void told.push(event);
  return { told, sink: listening({ listeners: [listener], host: 'h', handle, uptime: () => 5 }) };
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_700_000_000_000 });
  now = Date.now();
});
afterEach(() => vi.useRealTimers());

describe('listening', () => {
  it('makes an event of a notice that says what it is about, and ends it after a while', () => {
    const { told, sink } = begin();
    sink.event?.(bad('mail does not answer'));
    sink.event?.(bad('all is well', { severity: 'info' }));
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({
      ...{ kind: 'fired', rule: 'on[0]', severity: 'critical', labels: { notice: 'receiver' }, host: 'h' },
      ...{ message: 'mail does not answer', time: now, target: { by: 'host', name: 'psstop', processes: [] } },
    });
    vi.advanceTimersByTime(6 * MINUTE);
    expect(told.map(({ kind }) => kind)).toEqual(['fired', 'resolved']);
    expect(told[1]?.alert).toBe(told[0]?.alert);
    expect(told[1]?.id).not.toBe(told[0]?.id);
  });

  it('says the same once in ten minutes, and how much was left out', () => {
    const { told, sink } = begin();
    for (let second = 0; second < 599; second += 1) {
      now += 1000;
      sink.event?.(bad('down'));
    }
    expect(told.filter(({ kind }) => kind === 'fired')).toHaveLength(1);
    now += 2000;
    sink.event?.(bad('down'));
    expect(told.at(-1)?.message).toBe('down (598 more before this were not told)');
  });

  it('is bounded, even where telling of a notice makes the next', () => {
    let count = 0;
    const sink = listening({
      listeners: [listener],
      host: 'h',
      handle: ({ kind }) => {
        if (kind !== 'fired') return;
        count += 1;
        sink.event?.(bad(`failed for the ${count}th time`));
      },
      uptime: () => 5,
    });
    sink.event?.(bad('it begins'));
    expect(count).toBe(30);
    now += HOUR;
    sink.event?.(bad('and again'));
    expect(count).toBe(60);
  });

  it('ends what is kept up when it is closed, and hears no more', () => {
    const { told, sink } = begin();
    sink.event?.(bad('down'));
    sink.close?.();
    sink.event?.(bad('too late'));
    expect(told.map(({ kind }) => kind)).toEqual(['fired', 'resolved']);
    vi.advanceTimersByTime(HOUR);
    expect(told).toHaveLength(2);
  });

  it('goes the same way as alerts do: tried again, on record, and told once', async () => {
    vi.useRealTimers();
    const deliveries: string[] = [];
    const runs: string[] = [];
    const action = {
      timeout: 1000,
      run: async ({ message }: AlertEvent) => `said ${runs.push(message)}`,
    };
    const of = rule({ name: 'on[0]', steps: [{ name: 'say', countedAs: 'say', action, on: ['fired'], after: 0 }] });
    const sinks: Parameters<typeof createBus>[0][number][] = [
      { delivery: ({ rule: name, outcome, target }) => deliveries.push(`${name} ${target} ${outcome}`) },
    ];
    const bus = createBus(sinks);
    const dispatcher = new Dispatcher({ bus });
    dispatcher.use([of]);
    const ears = listening({
      listeners: [{ atLeast: 'warning', rule: of }],
      host: 'h',
      handle: (event, to) => dispatcher.handle(event, to),
      uptime: () => 5,
    });
    sinks.push(ears);
    bus.notice({ kind: 'rules-rejected', severity: 'critical', message: 'rules rejected' });
    ears.close?.();
    await dispatcher.close(1000);
    expect(runs).toEqual(['rules rejected']);
    expect(deliveries).toEqual(['on[0] psstop done']);
  });
});
