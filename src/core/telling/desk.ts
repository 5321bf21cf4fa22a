import type { AlertEvent, Rule } from '../types.ts';
import type { Surroundings } from './mute.ts';
import type { Acknowledgement, Desk, Now, Telling } from './nouns.ts';
import { matches, whyEnded } from './silence.ts';

/** A desk with nothing on it. */
export function emptyDesk(): Desk {
  return {
    cases: new Map(),
    silences: new Map(),
    gatherings: new Map(),
    storms: new Map(),
    inbox: [],
  };
}

/** Puts an event on the desk; `settle` deals with it, once all events of the snapshot are there: a cause may come after its effect. */
export function hear(desk: Desk, event: AlertEvent, rule: Rule): void {
  desk.inbox.push({ event, rule });
}

/** Goes over to a new set of rules. What belongs to none of them is resolved by the engine, and told by the rule it had. */
export function adopt(desk: Desk, rules: readonly Rule[]): void {
  const byKey = new Map(rules.map((rule) => [rule.key, rule]));
  for (const one of [...desk.cases.values(), ...desk.gatherings.values()]) {
    one.rule = byKey.get(one.rule.key) ?? one.rule;
  }
}

/** Takes an alert upon somebody. @returns whether it fires. */
export function acknowledge(desk: Desk, alert: string, ack: Acknowledgement): boolean {
  const known = desk.cases.get(alert);
  if (known === undefined || known.over !== undefined) return false;
  known.ack = ack;
  return true;
}

/** Nothing more comes: what waits for company for its first message has waited long enough. */
export function letGo(desk: Desk): void {
  for (const gathering of desk.gatherings.values()) {
    if (gathering.flushed === undefined && gathering.due !== undefined) gathering.due = Number.NEGATIVE_INFINITY;
  }
}

/** The machine came up anew: uptimes of before mean nothing, and no alert outlives them. What is still to be told is due. */
export function comeUp(desk: Desk): void {
  desk.storms.clear();
  for (const gathering of desk.gatherings.values()) {
    delete gathering.flushed;
    if (gathering.due !== undefined) gathering.due = Number.NEGATIVE_INFINITY;
  }
}

/** What a mute depends on, at a moment. */
export function surroundings(desk: Desk, time: number): Surroundings {
  let byRule: Map<string, AlertEvent[]> | undefined;
  return {
    time,
    silences: [...desk.silences.values()],
    firing(rule) {
      byRule ??= firingByRule(desk);
      return byRule.get(rule) ?? [];
    },
  };
}

/** Notes which silences are used, and ends those whose end has come. */
export function endSilences(desk: Desk, { time }: Now, telling: Telling): void {
  for (const [id, silence] of desk.silences) {
    const used = [...desk.cases.values()].some(({ event, over }) => !over && matches(silence.match, event));
    const why = whyEnded(silence, used, time);
    if (why !== undefined) {
      desk.silences.delete(id);
      telling.ended.push({ silence, why });
    } else if (used) desk.silences.set(id, { ...silence, usedAt: time });
  }
}

function firingByRule({ cases }: Desk): Map<string, AlertEvent[]> {
  const byRule = new Map<string, AlertEvent[]>();
  for (const { event, over } of cases.values()) {
    if (over !== undefined) continue;
    const known = byRule.get(event.rule);
    if (known) known.push(event);
    else byRule.set(event.rule, [event]);
  }
  return byRule;
}
