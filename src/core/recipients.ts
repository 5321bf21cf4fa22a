import type { Action, AlertEvent, Part, Recipient, Step } from './types.ts';

/** All actions that a recipient needs: its own, those whose messages it posts, and those that stand in for them. */
export function* actionsOf({ action, fallback }: Pick<Recipient, 'action' | 'fallback'>): Generator<Action> {
  yield action;
  for (const part of action.tells ?? []) yield* actionsOf(part);
  if (fallback) yield* actionsOf(fallback);
}

/** What is posted for a part of an action, as a step of its own: `restart-unit, hand-over ops-mail`. */
export function stepOfPart({ name, role, action, fallback, hearsEnd }: Part, of: Pick<Step, 'name'>): Step {
  const full = `${of.name}, ${role === undefined ? '' : `${role} `}${name}`;
  const on: Step['on'] = hearsEnd ? ['fired', 'resolved'] : ['fired'];
  return { name: full, action, countedAs: full, on, after: 0, ...(fallback && { fallback }) };
}

/** The steps of a rule, and what is posted on their way. */
export function withParts(steps: readonly Step[]): Step[] {
  return steps.flatMap((step) => [step, ...(step.action.tells ?? []).map((part) => stepOfPart(part, step))]);
}

/** The steps that an event is for: whoever was told something by a part of an action hears of the alert's end as well. */
export function stepsFor({ kind }: Pick<AlertEvent, 'kind'>, steps: readonly Step[]): readonly Step[] {
  return kind === 'resolved' ? withParts(steps) : steps;
}
