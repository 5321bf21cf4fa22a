import type { Step } from '../types.ts';
import type { Case, Desk } from './nouns.ts';

/** Uptime at which something will be due although nothing happens, ms; undefined: never. */
export function nextDue(desk: Desk): number | undefined {
  let next = Number.POSITIVE_INFINITY;
  for (const { due } of desk.gatherings.values()) next = Math.min(next, due ?? next);
  for (const one of desk.cases.values()) {
    if (one.over !== undefined || one.mute !== undefined) continue;
    // When quiet hours end is seen by the snapshot after that.
    const steps = untold(one).filter(({ action }) => !(one.rests && action.exclusive));
    for (const step of steps) next = Math.min(next, dueAt(one, step));
  }
  return Number.isFinite(next) ? next : undefined;
}

/** Steps that are to hear that it fired, and have not. */
export function untold(one: Case): Step[] {
  return stepsOf(one).filter(({ name, on, escalation }) => {
    return on.includes('fired') && !one.told.has(name) && !(escalation && one.ack !== undefined);
  });
}

/** Steps of its rule: nothing acts on one of a storm. */
export function stepsOf({ rule, storm }: Case): readonly Step[] {
  return storm ? rule.steps.filter(({ action }) => !action.exclusive) : rule.steps;
}

/** Uptime at which a step is due, ms. An escalation answers to silence after somebody was told. */
export function dueAt({ fired, openedAt = Number.POSITIVE_INFINITY }: Case, { after, escalation }: Step): number {
  return escalation ? openedAt + after : fired + after;
}
