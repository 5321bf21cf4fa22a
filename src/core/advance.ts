import { IDLE, leave, skip, step } from './alert.ts';
import { assign } from './assign.ts';
import { alertEvent } from './event.ts';
import { type Memory, RuleMemory } from './memory.ts';
import type { Target } from './target.ts';
import type { AlertEvent, AlertKind, AlertState, ResolveReason, Rule, Snapshot, Verdict } from './types.ts';

/** A pause this many times longer than the one before it, and longer than `SHORTEST_SLEEP` ms, is a machine that slept. */
const SLEEP_FACTOR = 5;
const SHORTEST_SLEEP = 30_000;

/**
 * Judges one snapshot: per rule the targets are found, their histories moved on, the condition asked and the alert
 * stepped. @returns what happened, in the order of the rules. The one way through for live runs, replays and rule tests.
 */
export function advance(memory: Memory, rules: readonly Rule[], snapshot: Snapshot): AlertEvent[] {
  const turn: Turn = { snapshot, events: [] };
  if (memory.rules !== rules) adopt(memory, rules, turn);
  const slept = moveClock(memory, turn);
  assign(memory, snapshot);
  for (const ofRule of memory.byRule.values()) {
    for (const target of ofRule.targets.values()) {
      if (slept > 0) target.alert = skip(target.alert, slept);
      if (target.snapshot === snapshot) judge(ofRule, target, turn);
      else miss(ofRule, target, turn);
    }
  }
  return turn.events;
}

interface Turn {
  readonly snapshot: Snapshot;
  readonly events: AlertEvent[];
}

/** Takes a new set of rules: what a rule with the same key remembers lives on, what belongs to no rule any more is resolved. */
function adopt(memory: Memory, rules: readonly Rule[], turn: Turn): void {
  const before = new Map([...memory.byRule.values()].map((ofRule) => [ofRule.rule.key, ofRule]));
  const next = new Map<Rule, RuleMemory>();
  for (const rule of rules) {
    next.set(rule, new RuleMemory(rule, memory.standing, before.get(rule.key)?.targets));
    before.delete(rule.key);
  }
  for (const { targets } of before.values()) for (const target of targets.values()) end(target, 'rule removed', turn);
  memory.rules = rules;
  memory.byRule = next;
  memory.places = new WeakMap();
}

/** @returns for how long nobody watched, ms. After a boot nothing can be compared with what was before: all of it is over. */
function moveClock(memory: Memory, turn: Turn): number {
  const { boot, uptime } = turn.snapshot;
  const pause = uptime - memory.uptime;
  let slept = 0;
  if (memory.boot !== boot) {
    memory.interval = 0;
    for (const ofRule of memory.byRule.values())
      for (const target of ofRule.targets.values()) drop(ofRule, target, { reason: 'exited', turn });
  } else if (memory.interval > 0 && pause > SHORTEST_SLEEP && pause > SLEEP_FACTOR * memory.interval) {
    slept = pause - memory.interval;
  } else {
    memory.interval = pause;
  }
  memory.boot = boot;
  memory.uptime = uptime;
  return slept;
}

function judge(ofRule: RuleMemory, target: Target, turn: Turn): void {
  const { rule, alert } = target;
  const verdict = ask(ofRule, target);
  if (verdict && note(target, verdict)) return;
  const { uptime, time } = turn.snapshot;
  const { state, kind } = step(alert, { met: verdict?.met, uptime, time }, rule);
  target.alert = state;
  if (kind === undefined) return;
  if (kind === 'fired' || kind === 'pending') target.noteAlert();
  if (kind !== 'resolved') tell(target, { kind, alert: state.phase === 'idle' ? alert : state }, turn);
  else tell(target, { kind, alert, reason: target.isReplaced() ? 'restarted' : 'cleared' }, turn);
}

/** @returns true for nearly every target at nearly every snapshot: nothing is the matter, and nothing was. */
function note(target: Target, verdict: Verdict): boolean {
  const quiet = target.alert === IDLE && !verdict.met;
  target.answered = true;
  target.verdict = quiet ? undefined : verdict;
  return quiet;
}

/** A condition that throws can't tell; the engine reports it, and the other rules go on. */
function ask(ofRule: RuleMemory, target: Target): Verdict | undefined {
  try {
    target.observe();
    return target.rule.when.test(target);
  } catch (error) {
    ofRule.fault = error;
    return undefined;
  }
}

/** A target that has no members in this snapshot. */
function miss(ofRule: RuleMemory, target: Target, turn: Turn): void {
  const { processes, uptime } = turn.snapshot;
  const restarted = target.alert !== IDLE && target.hasSuccessor(processes);
  const waiting = restarted ? undefined : leave(target.alert, uptime);
  if (waiting === undefined) drop(ofRule, target, { reason: restarted ? 'restarted' : 'exited', turn });
  else target.alert = waiting;
}

function drop(ofRule: RuleMemory, target: Target, { reason, turn }: { reason: ResolveReason; turn: Turn }): void {
  end(target, reason, turn);
  ofRule.drop(target);
}

/** Ends an alert for another reason than its condition's answer. */
function end(target: Target, reason: ResolveReason, turn: Turn): void {
  const { alert } = target;
  if (alert.phase === 'pending') tell(target, { kind: 'cancelled', alert, reason }, turn);
  else if (target.firing) tell(target, { kind: 'resolved', alert, reason }, turn);
}

function tell(
  target: Target,
  occasion: { kind: AlertKind; alert: AlertState; reason?: ResolveReason },
  { snapshot, events }: Turn,
): void {
  events.push(alertEvent(target, occasion, snapshot));
}
