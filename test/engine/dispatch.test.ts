import { afterEach, describe, expect, it, vi } from 'vitest';
import { advance } from '../../src/core/advance.ts';
import { Retry, Skip } from '../../src/core/errors.ts';
import { emptyMemory } from '../../src/core/memory.ts';
import type { Action, AlertEvent, Delivery, Event, Rule, Step } from '../../src/core/types.ts';
import { createBus } from '../../src/engine/bus.ts';
import { Dispatcher } from '../../src/engine/dispatch.ts';
import type { DispatchOptions } from '../../src/engine/options.ts';
import { MiB, rule, sample, snapshot } from '../core/world.ts';

const PACE = { first: 5, longest: 20, giveUpAfter: 300, fallBackAfter: 300 };

/** A dispatcher whose records can be looked at. */
function begin(options: Partial<DispatchOptions> = {}) {
  const deliveries: Delivery[] = [];
  const notices: Event[] = [];
  const bus = createBus([{ delivery: (one) => deliveries.push(one), event: (event) => notices.push(event) }]);
  const dispatcher = new Dispatcher({ bus, pace: PACE, ...options });
  return { dispatcher, deliveries, notices };
}

function action(run: Action['run'], more: Partial<Action> = {}): Action {
  return { timeout: 1000, run, ...more };
}

function step(name: string, of: Action, more: Partial<Step> = {}): Step {
  return { name, action: of, countedAs: name, on: ['fired', 'reminded', 'resolved'], after: 0, ...more };
}

/** The events of an alert that fires and resolves. */
function events(of: Rule, pid = 10): AlertEvent[] {
  const memory = emptyMemory();
  const heavy = sample({ pid, pss: 200 * MiB, unit: 'web.service' });
  const light = { ...heavy, exact: sample({ pid, pss: MiB }).exact as NonNullable<typeof heavy.exact> };
  return [heavy, light].flatMap((one, second) => advance(memory, [of], snapshot(second, [one])));
}

afterEach(() => vi.useRealTimers());

describe('an event', () => {
  it('reaches the actions of its rule in their order, and each of them hears the end after the beginning', async () => {
    const { dispatcher, deliveries } = begin();
    const told: string[] = [];
    const slow = action(async ({ kind }) => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      told.push(`mail ${kind}`);
      return 'sent';
    });
    const quick = action(async ({ kind }) => {
      told.push(`hook ${kind}`);
      return 'ok';
    });
    const of = rule({ steps: [step('mail', slow), step('hook', quick)] });
    for (const event of events(of)) dispatcher.handle(event, of);
    await dispatcher.idle();
    expect(told).toEqual(['mail fired', 'hook fired', 'mail resolved', 'hook resolved']);
    expect(deliveries.map(({ outcome, attempts, reason }) => [outcome, attempts, reason])).toEqual([
      ['done', 1, 'sent'],
      ['done', 1, 'ok'],
      ['done', 1, 'sent'],
      ['done', 1, 'ok'],
    ]);
  });

  it('is not held up by an action that hangs or is down', async () => {
    const { dispatcher } = begin();
    const told: number[] = [];
    const hangs = action(
      (_, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
      {
        timeout: 10_000,
        exclusive: true,
      },
    );
    const down = action(async () => {
      throw new Retry('connection refused', { after: 60_000 });
    });
    const works = action(async () => String(told.push(performance.now())));
    const of = rule({ steps: [step('hangs', hangs), step('down', down), step('works', works)] });
    const [fired] = events(of);
    const began = performance.now();
    if (fired) dispatcher.handle(fired, of);
    await vi.waitFor(() => expect(told).toHaveLength(1), { timeout: 5000 });
    expect((told[0] ?? 0) - began).toBeLessThan(3000);
    await dispatcher.close(0);
  });

  it('is tried again until it works, told once, and recorded with the number of attempts', async () => {
    const { dispatcher, deliveries, notices } = begin();
    let calls = 0;
    const flaky = action(async () => {
      calls += 1;
      if (calls < 4) throw new Retry('450 try later');
      return 'sent';
    });
    const of = rule({ steps: [step('mail', flaky)] });
    const [fired] = events(of);
    if (fired) dispatcher.handle(fired, of);
    await dispatcher.idle();
    expect(deliveries).toMatchObject([{ outcome: 'done', attempts: 4, reason: 'sent', action: 'mail' }]);
    expect(notices).toMatchObject([{ kind: 'delivery-retried', message: expect.stringContaining('450 try later') }]);
  });

  it('is given up visibly: at once when it can not work, after a while when it does not', async () => {
    const { dispatcher, deliveries } = begin();
    const wrong = action(async () => {
      throw new Error('535 wrong password');
    });
    const never = action(async () => {
      throw new Retry('connection refused');
    });
    const of = rule({ steps: [step('wrong', wrong), step('never', never)] });
    const [fired] = events(of);
    if (fired) dispatcher.handle(fired, of);
    await dispatcher.idle();
    expect(deliveries[0]).toMatchObject({
      action: 'wrong',
      outcome: 'failed',
      attempts: 1,
      reason: '535 wrong password',
    });
    expect(deliveries[1]).toMatchObject({ action: 'never', outcome: 'failed' });
    expect(deliveries[1]?.attempts).toBeGreaterThan(3);
    expect(deliveries[1]?.reason).toMatch(/^given up after \d+ attempts: connection refused$/);
  });

  it('is recorded as skipped when its action finds nothing to do', async () => {
    const { dispatcher, deliveries } = begin();
    const gone = action(async () => {
      throw new Skip('already gone: web (10)');
    });
    const of = rule({ steps: [step('restart', gone)] });
    const [fired] = events(of);
    if (fired) dispatcher.handle(fired, of);
    await dispatcher.idle();
    expect(deliveries).toMatchObject([{ outcome: 'skipped', attempts: 1, reason: 'already gone: web (10)' }]);
  });

  it('does not wait for others of its action that are waiting to be tried again', async () => {
    const { dispatcher, deliveries } = begin({
      pace: { first: 60_000, longest: 60_000, giveUpAfter: 600_000, fallBackAfter: 600_000 },
    });
    const hook = action(async ({ target }) => {
      if (target.processes[0]?.pid !== 9) throw new Retry('503');
      return 'ok';
    });
    const of = rule({ by: 'process', steps: [step('hook', hook)] });
    for (const pid of [1, 2, 3, 4, 5, 9]) {
      const [fired] = events(of, pid);
      if (fired) dispatcher.handle(fired, of);
    }
    await vi.waitFor(() => expect(deliveries).toMatchObject([{ outcome: 'done', target: 'web[9]' }]), 10_000);
    await dispatcher.close(0);
  });

  it('gets a last attempt however long the receiver asks us to wait', async () => {
    const { dispatcher, deliveries } = begin();
    let calls = 0;
    const busy = action(async () => {
      calls += 1;
      if (calls === 1) throw new Retry('503', { after: 86_400_000 });
      return 'ok';
    });
    const of = rule({ steps: [step('hook', busy)] });
    const [fired] = events(of);
    if (fired) dispatcher.handle(fired, of);
    await dispatcher.idle();
    expect(deliveries).toMatchObject([{ outcome: 'done', attempts: 2 }]);
  });

  it('is tried again when telling takes too long, but an act is not done twice', async () => {
    const { dispatcher, deliveries } = begin();
    const late = (_: AlertEvent, signal: AbortSignal): Promise<string> =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    const of = rule({
      steps: [
        step('hook', action(late, { timeout: 20 })),
        step('restart', action(late, { timeout: 20, exclusive: true })),
      ],
    });
    const [fired] = events(of);
    if (fired) dispatcher.handle(fired, of);
    await dispatcher.idle();
    const byName = Object.fromEntries(deliveries.map((one) => [one.action, one]));
    expect(byName.hook?.attempts).toBeGreaterThan(1);
    expect(byName.restart).toMatchObject({ outcome: 'failed', attempts: 1, reason: 'no answer within 20 ms' });
  });
});

describe('a step', () => {
  it('runs at most so often, over all targets, and says why not', async () => {
    const { dispatcher, deliveries } = begin();
    const restart = action(async () => 'restarted', { exclusive: true });
    const of = rule({
      by: 'process',
      steps: [step('restart', restart, { on: ['fired'], atMost: { times: 2, per: 3_600_000 } })],
    });
    for (const pid of [1, 2, 3]) {
      const [fired] = events(of, pid);
      if (fired) dispatcher.handle(fired, of);
      await dispatcher.idle();
    }
    expect(deliveries.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'skipped']);
    expect(deliveries[2]?.reason).toBe('limit reached: restart at most 2 times in 1h');
  });

  it('tells the end of what it told the beginning of, over its limit too', async () => {
    const { dispatcher, deliveries } = begin();
    const of = rule({
      steps: [
        step(
          'chat',
          action(async () => 'ok'),
          { atMost: { times: 1, per: 3_600_000 } },
        ),
      ],
    });
    for (const event of [...events(of), ...events(of, 11)]) dispatcher.handle(event, of);
    await dispatcher.idle();
    expect(deliveries.map(({ kind, outcome }) => `${kind} ${outcome}`).sort()).toEqual([
      'fired done',
      'fired skipped',
      'resolved done',
    ]);
  });

  it('that acts on a service never runs twice at once, whichever rules ask for it', async () => {
    const { dispatcher, deliveries } = begin();
    let running = 0;
    let most = 0;
    const restart = action(
      async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, 50));
        running -= 1;
        return 'restarted';
      },
      { exclusive: true },
    );
    const rules = ['a', 'b'].map((name) => rule({ name, key: name, steps: [step(`restart-${name}`, restart)] }));
    for (const of of rules) {
      const [fired] = events(of);
      if (fired) dispatcher.handle(fired, of);
    }
    await dispatcher.idle();
    expect(most).toBe(1);
    expect(deliveries.map(({ outcome }) => outcome).sort()).toEqual(['done', 'skipped']);
  });

  it('does nothing in a dry run or for a shadow rule, and says so', async () => {
    const run = vi.fn(async () => 'done');
    const dry = begin({ dryRun: true });
    const of = rule({ steps: [step('mail', action(run))] });
    for (const event of events(of)) dry.dispatcher.handle(event, of);
    await dry.dispatcher.idle();
    const shadow = begin();
    const hidden = rule({ mode: 'shadow', steps: [step('mail', action(run))] });
    for (const event of events(hidden)) shadow.dispatcher.handle(event, hidden);
    await shadow.dispatcher.idle();
    expect(run).not.toHaveBeenCalled();
    expect(dry.deliveries).toMatchObject([{ outcome: 'skipped', reason: 'dry run' }]);
    expect(shadow.deliveries).toMatchObject([{ outcome: 'skipped', reason: 'shadow rule' }]);
  });
});

it('closes an action that no rule uses any more, but not before its last delivery', async () => {
  const { dispatcher } = begin();
  const log: string[] = [];
  const old = action(
    async () => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      log.push('ran');
      return '';
    },
    { close: () => void log.push('closed') },
  );
  const of = rule({ steps: [step('old', old)] });
  dispatcher.use([of]);
  const [fired] = events(of);
  if (fired) dispatcher.handle(fired, of);
  dispatcher.use([]);
  await dispatcher.idle();
  await vi.waitFor(() => expect(log).toEqual(['ran', 'closed']), 10_000);
});
