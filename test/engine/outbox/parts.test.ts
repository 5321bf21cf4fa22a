import { afterEach, describe, expect, it, vi } from 'vitest';
import { Retry } from '../../../src/core/errors.ts';
import type { Action, AlertEvent, Part } from '../../../src/core/types.ts';
import { disk } from './disk.ts';
import { action, begin, ruleOf, step, story } from './stage.ts';

afterEach(() => vi.useRealTimers());

/** Somebody to be told, who does not answer at first. */
function person(more: Partial<Part> = {}) {
  const heard: string[] = [];
  const state = { down: true };
  const run = async ({ kind, id }: AlertEvent): Promise<string> => {
    if (state.down) throw new Retry('connection refused');
    return String(heard.push(`${kind} ${id.replace(/^.*-/, '')}`));
  };
  const part: Part = { name: 'pager', role: 'hand-over', hearsEnd: true, action: action(run), ...more };
  return { heard, state, part };
}

/** An act that leaves its target to that person. */
function act(part: Part): Action {
  return action(
    async (event, _, post) => {
      post?.(part, { ...event, id: `${event.id}-over`, kind: 'fired' });
      return 'left to a person';
    },
    { exclusive: true, tells: [part] },
  );
}

const RESTART = { on: ['fired', 'reminded'] } as const;

describe('what a part of an act has to tell', () => {
  it('is sent as surely as any message, also after a restart, and so is the end', async () => {
    const store = disk();
    const { heard, state, part } = person();
    const of = ruleOf(step('redo', act(part), RESTART));
    const [fired, resolved] = story(of);
    const first = begin({ store });
    if (fired) first.dispatcher.handle(fired, of);
    await vi.waitFor(() => expect(store.entries()[0]?.attempts).toBeGreaterThan(0), 10_000);
    expect(store.entries()).toMatchObject([{ step: 'redo, hand-over pager', receiver: 'redo, hand-over pager' }]);
    await first.dispatcher.close(10);
    expect(heard).toEqual([]);

    state.down = false;
    const second = begin({ store });
    second.dispatcher.resume([of]);
    if (resolved) second.dispatcher.handle(resolved, of);
    await second.dispatcher.idle();
    expect(heard).toEqual(['fired over', expect.stringMatching(/^resolved /)]);
    expect(second.deliveries).toMatchObject([
      { action: 'redo, hand-over pager', outcome: 'done' },
      { outcome: 'done' },
    ]);
    expect(store.load()).toEqual({ entries: [], told: [] });
  });

  it('is all that one hears who is told afterwards', async () => {
    const store = disk();
    const { heard, state, part } = person();
    const { hearsEnd: _, ...afterwards } = part;
    state.down = false;
    const of = ruleOf(step('redo', act({ ...afterwards, role: 'afterwards' }), RESTART));
    const { dispatcher } = begin({ store });
    for (const event of story(of)) {
      dispatcher.handle(event, of);
      await dispatcher.idle();
    }
    expect(heard).toEqual(['fired over']);
    expect(store.load().told).toEqual([]);
  });

  it('goes to whoever stands in where it can not be told', async () => {
    const { part } = person();
    const said: string[] = [];
    const fallback = { name: 'log', action: action(async ({ kind }) => String(said.push(kind))) };
    const of = ruleOf(step('redo', act({ ...part, fallback }), RESTART));
    const { dispatcher } = begin();
    for (const event of story(of)) {
      dispatcher.handle(event, of);
      await dispatcher.idle();
    }
    expect(said).toEqual(['fired', 'resolved']);
  });

  it('keeps the action of the part open until it was told', async () => {
    const { heard, state, part } = person();
    const closed: string[] = [];
    const open = { ...part, action: { ...part.action, close: () => void closed.push(`after ${heard.length}`) } };
    const of = ruleOf(step('redo', act(open), RESTART));
    const { dispatcher, deliveries } = begin();
    dispatcher.use([of]);
    const [fired] = story(of);
    if (fired) dispatcher.handle(fired, of);
    // While it acts, and has told nobody yet.
    dispatcher.use([]);
    await vi.waitFor(() => expect(deliveries).toMatchObject([{ action: 'redo', outcome: 'done' }]), 10_000);
    expect(closed).toEqual([]);
    state.down = false;
    await dispatcher.idle();
    await vi.waitFor(() => expect(closed).toEqual(['after 1']), 10_000);
    await dispatcher.close(0);
  });
});
