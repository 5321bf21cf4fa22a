import { IDLE, leave, step } from './alert.ts';
import { follow } from './curve.ts';
import { nameAlert } from './event.ts';
import type { Memory, Turn } from './memory.ts';
import type { RuleMemory } from './rule-memory.ts';
import type { Target } from './target.ts';
import { drop, openTurn, tell } from './turn.ts';
import type { AlertEvent, AlertState, ResolveReason, Rule, Snapshot, Verdict } from './types.ts';

/**
 * Judges one snapshot: per rule the targets are found, their histories moved on, the condition asked and the alert
 * stepped. @returns what happened, in the order of the rules. The one way through for live runs, replays and rule tests.
 */
export function advance(memory: Memory, rules: readonly Rule[], snapshot: Snapshot): AlertEvent[] {
  const turn = openTurn(memory, rules, snapshot);
  let undecided = 0;
  const active: Target[] = [];
  for (const ofRule of memory.byRule.values()) {
    // Not `for … of`: see bounds.ts.
    ofRule.targets.forEach((target) => {
      if (target.snapshot === snapshot && target.settle()) judge(ofRule, target, turn);
      else miss(ofRule, target, turn);
      if (isActive(target)) active.push(target);
      if (isUndecided(target)) undecided += 1;
    });
  }
  memory.standing.undecided = undecided;
  memory.turn = undefined;
  memory.active = active;
  return turn.events;
}

function isActive({ alert, dropped }: Target): boolean {
  return alert !== IDLE && !dropped;
}

function isUndecided({ undecided, rule }: Target): boolean {
  return undecided !== undefined && rule.mode !== 'shadow';
}

function judge(ofRule: RuleMemory, target: Target, turn: Turn): void {
  const { rule, alert } = target;
  const verdict = ask(ofRule, target);
  if (verdict === undefined ? noteDoubts(ofRule, target) : note(target, verdict)) return;
  const { uptime, time } = turn.snapshot;
  follow(target, verdict);
  const { state: next, kind } = step(alert, { met: verdict?.met, uptime, time }, rule);
  const state = kind === 'fired' || kind === 'pending' ? begin(target, next) : next;
  target.alert = state;
  if (kind === undefined) return;
  if (kind !== 'resolved') tell(target, { kind, alert: state.phase === 'idle' ? alert : state }, turn);
  else tell(target, { kind, alert, reason: whyClear(target, alert, verdict) }, turn);
  // It was asked for the last time: whatever comes next has another cause.
  if (state !== IDLE) return;
  target.verdict = undefined;
  target.track = undefined;
}

/** Without an answer it is the rule's `no-data` that took the alert back. */
function whyClear(target: Target, alert: AlertState, verdict: Verdict | undefined): ResolveReason {
  if (verdict === undefined) return 'unreadable';
  return target.isReplaced(alert) ? 'restarted' : 'cleared';
}

/** Gives an alert that is told of its name, and remembers who is there. A member may have started while the snapshot was taken. */
function begin(target: Target, alert: AlertState): AlertState {
  const id = alert.id || nameAlert(target, alert.begun);
  return { ...alert, id, seen: Math.max(target.snapshot.uptime, target.youngest) };
}

/** @returns true for nearly every target at nearly every snapshot: nothing is the matter, and nothing was. */
function note(target: Target, verdict: Verdict): boolean {
  const quiet = target.alert === IDLE && !verdict.met;
  target.answered = true;
  target.undecided = undefined;
  target.verdict = quiet ? undefined : verdict;
  return quiet;
}

/** Too little history is nobody's fault; a figure that was not read is to be told. @returns true when nothing was the matter, and nobody can say that something is. */
function noteDoubts(ofRule: RuleMemory, target: Target): boolean {
  const doubts = target.doubts();
  const { uptime } = target.snapshot;
  target.undecided = doubts.length === 0 ? undefined : { since: target.undecided?.since ?? uptime, doubts };
  if (doubts.length === 0) ofRule.fault ??= target.fault();
  return target.alert === IDLE && target.rule.noData === 'keep';
}

/** A condition that throws can't tell; the engine reports it, and the other rules go on. */
function ask(ofRule: RuleMemory, target: Target): Verdict | undefined {
  try {
    target.observe();
    return target.isBlank() ? undefined : target.rule.when.test(target);
  } catch (error) {
    ofRule.fault = error;
    return undefined;
  }
}

/** A target that has no members in this snapshot. */
function miss(ofRule: RuleMemory, target: Target, turn: Turn): void {
  target.undecided = undefined;
  const { snapshot } = turn;
  const restarted = target.alert !== IDLE && target.hasSuccessor(snapshot);
  const waiting = restarted ? undefined : leave(target.alert, snapshot.uptime);
  if (waiting === undefined) drop(ofRule, target, { reason: restarted ? 'restarted' : 'exited', turn });
  else target.alert = waiting;
}
