import { expect, it } from 'vitest';
import { compose } from '../../src/conditions/logic/parts.ts';
import type { Condition, Event, Rule, Sink, Snapshot } from '../../src/core/types.ts';
import { createBus } from '../../src/engine/bus.ts';
import { run } from '../../src/engine/run.ts';
import { MiB, pssAbove, rule, sample, snapshot } from '../core/world.ts';

const heavy = sample({ pid: 10, pss: 200 * MiB });

async function* source(...snapshots: Snapshot[]): AsyncGenerator<Snapshot> {
  yield* snapshots;
}

async function watch(rules: (snapshot: number) => readonly Rule[], snapshots: Snapshot[], more: Sink[] = []) {
  const told: string[] = [];
  const messages: string[] = [];
  const dispatched: string[] = [];
  const note = (event: Event): void => {
    told.push(event.type === 'alert' ? `${event.kind} ${event.rule}` : event.kind);
    messages.push(event.message);
  };
  const bus = createBus([...more, { event: note }]);
  let turn = 0;
  await run({
    source: source(...snapshots),
    rules: () => rules(turn),
    bus,
    dispatch: (event, { name, steps }) => void dispatched.push(`${event.kind} ${name} ${steps.length}`),
    finished: () => {
      turn += 1;
    },
  });
  return { told, messages, dispatched };
}

it('takes new rules between two snapshots, and tells the end of a removed one by its own actions', async () => {
  const old = rule({
    name: 'old',
    steps: [{ name: 'x', action: { timeout: 1, run: async () => '' }, countedAs: 'x', on: [], after: 0 }],
  });
  const fresh = rule({ name: 'fresh' });
  const sets = [[old], [fresh]];
  const { dispatched } = await watch((turn) => sets[turn] ?? [], [snapshot(1, [heavy]), snapshot(2, [heavy])]);
  expect(dispatched).toEqual(['fired old 1', 'resolved old 1', 'fired fresh 0']);
});

it('tells the end of a rule that was changed by the actions which it had', async () => {
  const told = { name: 'x', action: { timeout: 1, run: async () => '' }, countedAs: 'x', on: [], after: 0 };
  const before = rule({ key: 'a', steps: [told] });
  const after = rule({ key: 'b', when: pssAbove(1000 * MiB) });
  const sets = [[before], [after]];
  const { dispatched } = await watch((turn) => sets[turn] ?? [], [snapshot(1, [heavy]), snapshot(2, [heavy])]);
  expect(dispatched).toEqual(['fired budget 1', 'resolved budget 1']);
});

it('reports a condition that throws once, and judges the other rules', async () => {
  const broken: Condition = {
    wants: [],
    test: () => {
      throw new Error('division by zero');
    },
  };
  const rules = [rule({ name: 'broken', when: broken }), rule({ name: 'sound', when: pssAbove(MiB) })];
  const { told } = await watch(() => rules, [snapshot(1, [heavy]), snapshot(2, [heavy])]);
  expect(told).toEqual(['fired sound', 'rule-failed']);
});

it('reports a condition that names its own fault once, also inside another, and judges on', async () => {
  const broken: Condition = { wants: [], test: () => undefined, fault: () => 'it divides by 0' };
  const rules = [
    rule({ name: 'broken', when: compose([{ condition: broken, text: '' }], false) }),
    rule({
      name: 'sound',
      when: compose(
        [broken, pssAbove(MiB)].map((condition) => ({ condition, text: '' })),
        true,
      ),
    }),
  ];
  const { told, messages } = await watch(() => rules, [snapshot(1, [heavy]), snapshot(2, [heavy])]);
  expect(told).toEqual(['fired sound', 'rule-failed']);
  expect(messages[1]).toBe("rule broken can't be judged: it divides by 0");
});

it('reports a sink that throws once, and hands everything to the others', async () => {
  const failing: Sink = {
    snapshot: () => {
      throw new Error('disk full');
    },
  };
  const { told } = await watch(() => [rule()], [snapshot(1, [heavy]), snapshot(2, [heavy])], [failing]);
  expect(told).toEqual(['sink-failed', 'fired budget']);
});
