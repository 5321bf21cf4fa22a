import { expect, it, vi } from 'vitest';
import { advance } from '../../src/core/advance.ts';
import { Retry, Skip } from '../../src/core/errors.ts';
import { emptyMemory } from '../../src/core/memory.ts';
import type { Action, AlertEvent, Condition, Delivery, GroupBy, ProcessSample, Step } from '../../src/core/types.ts';
import { createBus } from '../../src/engine/bus.ts';
import type { Confirm } from '../../src/engine/confirm.ts';
import { Dispatcher } from '../../src/engine/dispatch.ts';
import { MiB, rule, sample, snapshot } from '../core/world.ts';

const FOUND = 'read again right before: 200 MiB';
const HEAVY = sample({ pid: 10, pss: 200 * MiB });
/** Above its limit by its bounds alone: nobody was allowed to read it. */
const { exact, ...UNREAD } = HEAVY;

interface Case {
  readonly run?: Action['run'];
  readonly action?: Partial<Action>;
  readonly process?: ProcessSample;
  readonly by?: GroupBy;
  readonly confirm?: Confirm;
  /** How long ago the event happened, ms. */
  readonly age?: number;
}

/** Has one event delivered. @returns what became of it, and how often it was confirmed. */
async function deliver({ run = async () => 'restarted', process = HEAVY, by = 'process', age = 0, ...more }: Case) {
  const deliveries: Delivery[] = [];
  const confirm = vi.fn<Confirm>(more.confirm ?? (async () => FOUND));
  const dispatcher = new Dispatcher({
    bus: createBus([{ delivery: (one) => deliveries.push(one) }]),
    pace: { first: 5, longest: 20, giveUpAfter: 5_000, fallBackAfter: 5_000 },
    confirm,
  });
  const action: Action = { timeout: 2_000, run: vi.fn(run), exclusive: true, ...more.action };
  const step: Step = { name: 'restart', action, countedAs: 'restart', on: ['fired'], after: 0 };
  const above: Condition = {
    wants: [],
    test: () => ({ met: true, value: 1, limit: 0, unit: 'bytes', because: () => '' }),
  };
  const of = rule({ by, when: above, steps: [step] });
  const [fired] = advance(emptyMemory(), [of], snapshot(1, [process])) as [AlertEvent];
  dispatcher.handle(fired, of, age);
  await vi.waitFor(() => expect(deliveries).toHaveLength(1), 10_000);
  await dispatcher.close(100);
  const { outcome, reason, attempts } = deliveries[0] ?? {};
  return {
    outcome,
    reason,
    attempts,
    confirmed: confirm.mock.calls.length,
    ran: vi.mocked(action.run).mock.calls.length,
  };
}

it('is not needed at the moment of the event, for which the process was read', async () => {
  expect(await deliver({})).toEqual({ outcome: 'done', reason: 'restarted', attempts: 1, confirmed: 0, ran: 1 });
});

it('comes before what is due later, and what was found is on record', async () => {
  const late = await deliver({ age: 1_100 });
  expect(late).toEqual({ outcome: 'done', reason: `${FOUND}; restarted`, attempts: 1, confirmed: 1, ran: 1 });
});

it('comes before each further attempt', async () => {
  let tries = 0;
  const run = async (): Promise<string> => {
    tries += 1;
    if (tries === 1) throw new Retry('systemd is busy', { after: 1_100 });
    throw new Error('refused');
  };
  const retried = await deliver({ run });
  expect(retried).toEqual({ outcome: 'failed', reason: `${FOUND}; refused`, attempts: 2, confirmed: 1, ran: 2 });
});

it('comes before what would rest on bounds alone, or on an earlier reading', async () => {
  expect(await deliver({ process: UNREAD })).toMatchObject({ reason: `${FOUND}; restarted`, confirmed: 1 });
  const earlier = { ...UNREAD, ...(exact && { last: exact }) };
  expect(await deliver({ process: earlier })).toMatchObject({ reason: `${FOUND}; restarted`, confirmed: 1 });
});

it('ends it where nobody is left, and nothing is run', async () => {
  const confirm = async (): Promise<string> => {
    throw new Skip('already gone: web (10)');
  };
  const skipped = await deliver({ process: UNREAD, confirm });
  expect(skipped).toEqual({ outcome: 'skipped', reason: 'already gone: web (10)', attempts: 1, confirmed: 1, ran: 0 });
});

it('ends with the time of the action, and nothing is run afterwards', async () => {
  let answer = (_: string): void => {};
  const confirm = (): Promise<string> => new Promise((resolve) => (answer = resolve));
  const run = vi.fn(async () => 'restarted');
  const stuck = await deliver({ process: UNREAD, confirm, run, action: { timeout: 50 } });
  expect(stuck).toMatchObject({ outcome: 'failed', reason: 'no answer within 50 ms' });
  answer(FOUND);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(run).not.toHaveBeenCalled();
}, 20_000);

it('is not asked of what tells somebody, or of an event of the whole host', async () => {
  const mail = await deliver({ process: UNREAD, age: 1_100, action: { exclusive: false } });
  expect(mail).toMatchObject({ reason: 'restarted', confirmed: 0 });
  expect(await deliver({ process: UNREAD, by: 'host' })).toMatchObject({ reason: 'restarted', confirmed: 0 });
});
