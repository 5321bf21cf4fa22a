import { afterEach, describe, expect, it, vi } from 'vitest';
import { Retry } from '../../../src/core/errors.ts';
import type { Action, AlertEvent } from '../../../src/core/types.ts';
import { disk } from './disk.ts';
import { action, begin, PACE, recipient, ruleOf, step, story } from './stage.ts';

afterEach(() => vi.useRealTimers());

/** A receiver that can be down. */
function receiver(more: Partial<Action> = {}) {
  const got: string[] = [];
  let tries = 0;
  const state = { down: false, wrong: false };
  const run = async ({ kind, target }: AlertEvent): Promise<string> => {
    tries += 1;
    if (state.wrong) throw new Error('400 bad request');
    if (state.down) throw new Retry('connection refused');
    got.push(`${kind} ${target.name}`);
    return 'ok';
  };
  return { state, got, tries: () => tries, action: action(run, more) };
}

describe('what was not sent when psstop ended', () => {
  it('is sent by the next, in its order, with the same ids, and the end of what it told is told', async () => {
    const store = disk();
    const hook = receiver();
    hook.state.down = true;
    const of = ruleOf(step('hook', hook.action));
    const events = story(of, { reminders: 0 });
    const first = begin({ store });
    if (events[0]) first.dispatcher.handle(events[0], of);
    await vi.waitFor(() => expect(hook.tries()).toBeGreaterThan(1), 10_000);
    await first.dispatcher.close(10);
    expect(first.deliveries).toEqual([]);
    expect(first.notices.at(-1)?.message).toBe('1 message has not been sent: that is done at the next start');
    expect(store.entries()).toMatchObject([{ event: events[0]?.id, receiver: 'hook' }]);
    expect(store.entries()[0]?.attempts).toBeGreaterThan(0);

    hook.state.down = false;
    const second = begin({ store });
    second.dispatcher.resume([of]);
    if (events[1]) second.dispatcher.handle(events[1], of);
    await second.dispatcher.idle();
    expect(hook.got).toEqual(['fired web10', 'resolved web10']);
    expect(second.deliveries.map(({ event }) => event)).toEqual(events.map(({ id }) => id));
    expect(store.load()).toEqual({ entries: [], told: [] });
  });

  it('is written down before anybody tries to send it', async () => {
    const store = disk();
    const seen: number[] = [];
    const of = ruleOf(
      step(
        'hook',
        action(async () => String(seen.push(store.entries().length))),
      ),
    );
    const { dispatcher } = begin({ store });
    const [fired] = story(of);
    if (fired) dispatcher.handle(fired, of);
    expect(store.entries()).toHaveLength(1);
    await dispatcher.idle();
    expect(seen).toEqual([1]);
    expect(store.entries()).toEqual([]);
  });

  it('is told as lost where nothing is kept', async () => {
    const hook = receiver();
    hook.state.down = true;
    const of = ruleOf(step('hook', hook.action));
    const { dispatcher, deliveries } = begin();
    const [fired] = story(of);
    if (fired) dispatcher.handle(fired, of);
    await vi.waitFor(() => expect(hook.tries()).toBeGreaterThan(0), 10_000);
    await dispatcher.close(0);
    expect(deliveries).toMatchObject([
      { outcome: 'failed', reason: 'stopped while waiting to try again: connection refused' },
    ]);
  });

  it('is not done again where it acts on a process, or may be done once only: how it ended is not known', async () => {
    const store = disk();
    const ran: string[] = [];
    const never = (name: string) => (): Promise<string> => {
      ran.push(name);
      return new Promise(() => undefined);
    };
    const of = ruleOf(
      step('restart', action(never('restart'), { exclusive: true })),
      step('script', action(never('script'), { once: true })),
    );
    const [fired] = story(of);
    if (fired) begin({ store }).dispatcher.handle(fired, of);
    await vi.waitFor(() => expect(ran).toEqual(['restart', 'script']), { timeout: 5000 });
    // Nobody closes the first: it is as if it had been killed.
    const { dispatcher, deliveries } = begin({ store });
    dispatcher.resume([of]);
    await dispatcher.idle();
    expect(ran).toEqual(['restart', 'script']);
    expect(deliveries).toMatchObject([
      { action: 'restart', outcome: 'failed', acts: true, reason: expect.stringContaining('not known') },
      { action: 'script', outcome: 'failed', reason: expect.stringContaining('not known') },
    ]);
    expect(store.entries()).toEqual([]);
  });

  it('goes to the same named action of another rule where its own is gone, and fails visibly where there is none', async () => {
    const store = disk();
    const hook = receiver();
    hook.state.down = true;
    const of = ruleOf(step('hook', hook.action), step('gone', hook.action));
    const [fired] = story(of);
    const first = begin({ store });
    if (fired) first.dispatcher.handle(fired, of);
    await vi.waitFor(() => expect(hook.tries()).toBeGreaterThan(1), 10_000);
    await first.dispatcher.close(0);
    const other = { ...ruleOf(step('hook#2', receiver().action), step('hook', hook.action)), name: 'other' };
    hook.state.down = false;
    const { dispatcher, deliveries } = begin({ store });
    dispatcher.resume([other]);
    await dispatcher.idle();
    expect(hook.got).toEqual(['fired web10']);
    expect(deliveries).toMatchObject([
      { action: 'gone', outcome: 'failed', reason: 'no rule tells gone any more' },
      { action: 'hook', outcome: 'done' },
    ]);
  });
});

describe('a receiver that is down', () => {
  it('is tried by one at a time once it has failed often, and gets everything when it is back', async () => {
    const hook = receiver();
    hook.state.down = true;
    const of = ruleOf(step('hook', hook.action));
    const { dispatcher, deliveries, notices } = begin({ pace: { ...PACE, giveUpAfter: 60_000 } });
    const fired = Array.from({ length: 200 }, (_, pid) => story(of, { pid })[0]);
    for (const event of fired) if (event) dispatcher.handle(event, of);
    await new Promise((resolve) => setTimeout(resolve, 200));
    // Four at once until it is known to be down, then one each 20 ms or so.
    expect(hook.tries()).toBeLessThan(30);
    expect(dispatcher.standing()).toMatchObject({ waiting: 200, down: ['hook'], done: 0 });
    hook.state.down = false;
    await dispatcher.idle();
    expect(new Set(hook.got).size).toBe(200);
    expect(deliveries.every(({ outcome }) => outcome === 'done')).toBe(true);
    expect(notices.filter(({ kind }) => kind === 'receiver').map(({ message }) => message)).toEqual([
      expect.stringMatching(/^hook fails every time: .*connection refused$/),
      'hook works again',
    ]);
    expect(dispatcher.standing()).toEqual({ waiting: 0, oldest: 0, down: [], done: 200, failed: 0, suppressed: {} });
  });

  it('holds up no other', async () => {
    const [down, up] = [receiver(), receiver()];
    down.state.down = true;
    const of = ruleOf(step('down', down.action), step('up', up.action));
    const { dispatcher } = begin({ pace: { ...PACE, giveUpAfter: 60_000 } });
    for (let pid = 0; pid < 50; pid += 1) for (const event of story(of, { pid })) dispatcher.handle(event, of);
    await vi.waitFor(() => expect(up.got).toHaveLength(100), { timeout: 5000 });
    expect(down.got).toEqual([]);
    await dispatcher.close(0);
  });

  it('for a day is told everything afterwards, each end after its beginning', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
    const hook = receiver();
    hook.state.down = true;
    const of = ruleOf(step('hook', hook.action));
    const { dispatcher, deliveries } = begin({ store: disk(), pace: undefined as never });
    for (let hour = 0; hour < 24; hour += 1) {
      for (const event of story(of, { pid: hour, reminders: 3 })) dispatcher.handle(event, of);
      await vi.advanceTimersByTimeAsync(3_600_000);
    }
    // One probe in five minutes or so, whatever waits.
    expect(hook.tries()).toBeLessThan(24 * 20);
    hook.state.down = false;
    await vi.advanceTimersByTimeAsync(600_000);
    expect(hook.got).toHaveLength(48);
    for (let hour = 0; hour < 24; hour += 1) {
      const mine = hook.got.filter((line) => line.endsWith(` web${hour}`));
      expect(mine).toEqual([`fired web${hour}`, `resolved web${hour}`]);
    }
    const superseded = deliveries.filter(({ outcome }) => outcome === 'skipped');
    expect(superseded).toHaveLength(72);
    expect(new Set(superseded.map(({ kind }) => kind))).toEqual(new Set(['reminded']));
  });
});

describe('a fallback', () => {
  it('gets what the receiver refuses for good, and the rest of that alert', async () => {
    const [hook, mail] = [receiver(), receiver()];
    hook.state.wrong = true;
    const of = ruleOf(step('hook', hook.action, { fallback: recipient('mail', mail.action) }));
    const { dispatcher, deliveries } = begin();
    const [fired, resolved] = story(of);
    if (fired) dispatcher.handle(fired, of);
    await dispatcher.idle();
    hook.state.wrong = false;
    if (resolved) dispatcher.handle(resolved, of);
    await dispatcher.idle();
    expect(mail.got).toEqual(['fired web10', 'resolved web10']);
    expect(hook.got).toEqual([]);
    expect(deliveries.map(({ action: name, outcome, reason }) => [name, outcome, reason])).toEqual([
      ['hook', 'failed', '400 bad request; mail is told instead'],
      ['mail', 'done', 'ok'],
      ['mail', 'done', 'ok'],
    ]);
  });

  it('gets what waits for a receiver that has been down for long, in order', async () => {
    const [hook, mail] = [receiver(), receiver()];
    hook.state.down = true;
    const of = ruleOf(step('hook', hook.action, { fallback: recipient('mail', mail.action) }));
    const { dispatcher } = begin({ pace: { ...PACE, giveUpAfter: 60_000 } });
    for (let pid = 0; pid < 10; pid += 1) for (const event of story(of, { pid })) dispatcher.handle(event, of);
    await dispatcher.idle();
    expect(mail.got).toHaveLength(20);
    for (let pid = 0; pid < 10; pid += 1) {
      expect(mail.got.indexOf(`fired web${pid}`)).toBeLessThan(mail.got.indexOf(`resolved web${pid}`));
    }
    expect(hook.got).toEqual([]);
  });

  it('is remembered over a restart', async () => {
    const store = disk();
    const [hook, mail] = [receiver(), receiver()];
    hook.state.wrong = true;
    const of = ruleOf(step('hook', hook.action, { fallback: recipient('mail', mail.action) }));
    const [fired, resolved] = story(of);
    const first = begin({ store });
    if (fired) first.dispatcher.handle(fired, of);
    await first.dispatcher.idle();
    const second = begin({ store });
    second.dispatcher.resume([of]);
    if (resolved) second.dispatcher.handle(resolved, of);
    await second.dispatcher.idle();
    expect(mail.got).toEqual(['fired web10', 'resolved web10']);
  });
});

describe('where there is no room', () => {
  it('reminders go first, then whole stories that nobody has heard; nothing is torn apart', async () => {
    const hook = receiver();
    hook.state.down = true;
    const of = ruleOf(step('hook', hook.action));
    const pace = { ...PACE, first: 10_000, longest: 10_000, giveUpAfter: 60_000 };
    const room = { messages: 20, bytes: 2 ** 30 };
    const { dispatcher, deliveries } = begin({ pace, room });
    for (let pid = 0; pid < 40; pid += 1) {
      for (const event of story(of, { pid, reminders: pid % 2 }).slice(0, pid % 3 === 0 ? 1 : undefined)) {
        dispatcher.handle(event, of);
      }
      // The first five find out that it is down.
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { waiting } = dispatcher.standing();
    expect(waiting).toBeLessThanOrEqual(20);
    const dropped = deliveries.filter(({ reason }) => reason === 'too many messages are waiting to be sent');
    expect(dropped.length).toBeGreaterThan(0);
    const kinds = (target: string): string[] =>
      dropped.filter((one) => one.target === target && one.outcome === 'failed').map(({ kind }) => kind);
    for (const { target } of dropped) {
      const gone = kinds(target).filter((kind) => kind !== 'reminded');
      expect([[], ['fired', 'resolved']]).toContainEqual(gone);
    }
    await dispatcher.close(0);
  });
});

describe('a disk that is full', () => {
  it('is told once, and nothing is kept from being sent', async () => {
    const store = disk();
    const hook = receiver();
    const of = ruleOf(step('hook', hook.action));
    const { dispatcher, notices } = begin({ store });
    store.full = true;
    for (let pid = 0; pid < 5; pid += 1) for (const event of story(of, { pid })) dispatcher.handle(event, of);
    await dispatcher.idle();
    expect(hook.got).toHaveLength(10);
    expect(notices.filter(({ kind, severity }) => kind === 'outbox' && severity === 'critical')).toHaveLength(1);
    store.full = false;
    for (const event of story(of, { pid: 9 })) dispatcher.handle(event, of);
    await dispatcher.idle();
    expect(notices.at(-1)?.message).toBe('what is on its way is written to disk again');
  });
});

it('carries ten thousand alerts at once to two receivers', async () => {
  const receivers = [receiver(), receiver()] as const;
  const of = ruleOf(step('one', receivers[0].action), step('two', receivers[1].action));
  const { dispatcher, deliveries } = begin();
  const [fired] = story(of);
  const before = process.cpuUsage();
  for (let alert = 0; alert < 10_000 && fired; alert += 1) {
    const target = { ...fired.target, key: `web${alert}`, name: `web${alert}` };
    dispatcher.handle({ ...fired, id: `${alert}-fired`, alert: `${alert}`, target }, of);
  }
  await dispatcher.idle();
  for (const { got } of receivers) expect(new Set(got).size).toBe(10_000);
  expect(deliveries).toHaveLength(20_000);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1e6).toBeLessThan(15);
});
