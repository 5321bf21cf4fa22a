import type { Now } from '../../../src/core/telling/nouns.ts';
import type { Action, AlertEvent, Rule, Step } from '../../../src/core/types.ts';

/** A step that does nothing. */
export function step(name: string, action: Partial<Action> = {}, more: Partial<Step> = {}): Step {
  const made: Action = { timeout: 1000, run: async () => 'done', ...action };
  return { name, action: made, countedAs: name, on: ['fired', 'reminded', 'resolved'], after: 0, ...more };
}

/** Several of them. */
export function stepsOf(...names: string[]): Step[] {
  return names.map((name) => step(name));
}

/** An event of an alert, which is named by its rule and its target. */
export function alertEvent(
  { name, severity, labels, mode }: Rule,
  kind: AlertEvent['kind'],
  { target, now }: { target: string; now: Now },
): AlertEvent {
  const alert = `${name}/${target}`;
  return {
    type: 'alert',
    ...{ alert, id: `${alert}-${kind}`, kind, rule: name, severity, labels, mode },
    ...(kind === 'resolved' && { reason: 'cleared' }),
    host: 'testhost',
    target: { key: target, by: 'name', name: target, count: 1, processes: [] },
    ...{ value: 2, limit: 1, unit: 'count', because: 'too many', message: `${target} has too many` },
    ...{ time: now.time, since: now.time, uptime: now.uptime },
  };
}
