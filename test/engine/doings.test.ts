import { expect, it, vi } from 'vitest';
import { advance } from '../../src/core/advance.ts';
import { emptyMemory } from '../../src/core/memory.ts';
import type { Action, AlertEvent, Rule, Step } from '../../src/core/types.ts';
import { createBus } from '../../src/engine/bus.ts';
import { Dispatcher } from '../../src/engine/dispatch.ts';
import { run } from '../../src/engine/run.ts';
import { MiB, rule, sample, snapshot } from '../core/world.ts';

function step(name: string, action: Partial<Action> & Pick<Action, 'run'>, on: Step['on']): Step {
  return { name, action: { timeout: 1000, ...action }, countedAs: name, on, after: 0 };
}

/** A rule that restarts and mails. The restart is over when it is let go. */
function treated() {
  let end: (said: string) => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  const over = new Promise<string>((resolve, reject) => {
    [end, fail] = [resolve, reject];
  });
  const mails: AlertEvent[] = [];
  const mail = async (event: AlertEvent): Promise<string> => {
    mails.push(event);
    return 'sent';
  };
  const of = rule({
    steps: [
      step('ops-mail', { run: mail }, ['fired', 'reminded', 'resolved']),
      step('restart-unit', { run: () => over, exclusive: true }, ['fired']),
    ],
  });
  return { of, mails, end: (said: string) => end(said), fail: (why: string) => fail(new Error(why)) };
}

const heavy = sample({ pid: 10, pss: 200 * MiB, unit: 'web.service' });
const light = { ...heavy, exact: sample({ pid: 10, pss: MiB }).exact as NonNullable<typeof heavy.exact> };
const AT = String.raw`at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`;

/** Lets what was answered be put on record. */
async function recorded(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Plays a story to the end of the alert. @param between what happens before that. */
async function play(of: Rule, between: () => Promise<void>) {
  const bus = createBus([]);
  const dispatcher = new Dispatcher({ bus });
  async function* source() {
    yield snapshot(1, [heavy]);
    await between();
    yield snapshot(2, [light]);
  }
  const rules = [of];
  const done = (event: AlertEvent) => dispatcher.done(event);
  await run({
    source: source(),
    rules: () => rules,
    bus,
    done,
    dispatch: (event, one) => dispatcher.handle(event, one),
  });
  return dispatcher;
}

it('tells with the end of an alert what was done about it, and no second time', async () => {
  const { of, mails, end } = treated();
  const dispatcher = await play(of, async () => {
    await vi.waitFor(() => expect(mails).toHaveLength(1), 10_000);
    end('restarted web.service; 200 MiB before, 1.00 MiB now: 100 % freed');
    await recorded();
  });
  await dispatcher.idle();
  expect(mails.map(({ kind }) => kind)).toEqual(['fired', 'resolved']);
  expect(mails[0]?.message).not.toContain('restart');
  expect(mails[1]?.message).toMatch(
    new RegExp(
      `^web: pss 1048576\\. restart-unit ${AT}: restarted web.service; 200 MiB before, 1\\.00 MiB now: 100 % freed$`,
    ),
  );
});

it('tells it afterwards to those who were told of the end, where it lasts longer', async () => {
  const { of, mails, fail } = treated();
  const dispatcher = await play(of, async () => {
    await vi.waitFor(() => expect(mails).toHaveLength(1), 10_000);
    await recorded();
  });
  await vi.waitFor(() => expect(mails).toHaveLength(2), 10_000);
  expect(mails[1]?.message).toMatch(/\. restart-unit has been under way for \S+$/);
  fail('200 MiB before, 190 MiB now: 5 % freed, 30 % were to be');
  await dispatcher.idle();
  expect(mails.map(({ kind }) => kind)).toEqual(['fired', 'resolved', 'resolved']);
  expect(new Set(mails.map(({ id }) => id)).size).toBe(3);
  expect(mails[2]?.message).toMatch(
    new RegExp(`^\\S+: restart-unit ${AT}: failed: 200 MiB before, 190 MiB now: 5 % freed, 30 % were to be$`),
  );
});

it('has nothing to add where nothing was done', () => {
  const of = rule({});
  const dispatcher = new Dispatcher({ bus: createBus([]) });
  const [fired] = advance(emptyMemory(), [of], snapshot(1, [heavy]));
  expect(fired && dispatcher.done(fired)).toBeUndefined();
});
