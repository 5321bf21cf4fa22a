import { skip } from './alert.ts';
import { assign } from './assign.ts';
import { ledgerOf } from './bounds.ts';
import { isShown } from './curve.ts';
import { alertEvent } from './event.ts';
import type { Group } from './group.ts';
import type { Memory, Turn } from './memory.ts';
import { Roster } from './roster.ts';
import { RuleMemory } from './rule-memory.ts';
import type { Target } from './target.ts';
import type { AlertKind, AlertState, ResolveReason, Rule, Snapshot } from './types.ts';

/** A pause this many times longer than the one before it, and longer than `SHORTEST_SLEEP` ms, is a machine that slept. */
const SLEEP_FACTOR = 5;
const SHORTEST_SLEEP = 30_000;

/**
 * Begins the turn of a snapshot, once, whoever asks first: those who say what is to be read of it, or those who judge it. The
 * rules are taken over, the clock is moved, the targets are given their processes.
 */
export function openTurn(memory: Memory, rules: readonly Rule[], snapshot: Snapshot): Turn {
  if (memory.turn?.snapshot === snapshot) return memory.turn;
  // What a snapshot that came to nothing had to tell is told with this one.
  const turn: Turn = { snapshot, memory, events: memory.turn?.events ?? [] };
  memory.replaced = memory.turn === undefined ? memory.rules : [...memory.replaced, ...memory.rules];
  memory.turn = turn;
  if (memory.rules !== rules) adopt(memory, rules, turn);
  const slept = moveClock(memory, turn);
  if (slept > 0) {
    for (const { targets } of memory.byRule.values())
      for (const target of targets.values()) target.alert = skip(target.alert, slept);
  }
  memory.standing.ledger = snapshot.memory.held && ledgerOf(snapshot.processes);
  assign(memory.roster, snapshot);
  return turn;
}

/** Takes a new set of rules: what a rule with the same key remembers lives on, what belongs to no rule any more is resolved. */
function adopt(memory: Memory, rules: readonly Rule[], turn: Turn): void {
  const before = new Map([...memory.byRule.values()].map((ofRule) => [ofRule.rule.key, ofRule]));
  const next = new Map<Rule, RuleMemory>();
  for (const rule of rules) {
    next.set(rule, new RuleMemory(rule, memory.standing, before.get(rule.key)?.targets));
    before.delete(rule.key);
  }
  const names = new Set(rules.map(({ name }) => name));
  for (const { rule, targets } of before.values()) {
    const reason = names.has(rule.name) ? 'rule changed' : 'rule removed';
    for (const target of targets.values()) end(target, reason, turn);
  }
  memory.rules = rules;
  memory.byRule = next;
  memory.roster = new Roster(next.values());
}

/** @returns for how long nobody watched, ms. After a boot nothing can be compared with what was before: all of it is over. */
function moveClock(memory: Memory, turn: Turn): number {
  const { boot, uptime } = turn.snapshot;
  const pause = uptime - memory.uptime;
  let slept = 0;
  if (memory.boot !== boot) {
    memory.interval = 0;
    for (const ofRule of memory.byRule.values())
      for (const target of ofRule.targets.values()) drop(ofRule, target, { reason: acrossBoots(target, turn), turn });
  } else if (memory.interval > 0 && pause > SHORTEST_SLEEP && pause > SLEEP_FACTOR * memory.interval) {
    slept = pause - memory.interval;
  } else {
    memory.interval = pause;
  }
  memory.boot = boot;
  memory.uptime = uptime;
  return slept;
}

/** What became of a target with the boot: the host is there again, and so may its service be. */
function acrossBoots(target: Target, { snapshot }: Turn): ResolveReason {
  return target.rule.by === 'host' || target.hasSuccessor(snapshot, 0) ? 'restarted' : 'exited';
}

/** Ends the alert of a target that is gone, and forgets it. */
export function drop(
  ofRule: RuleMemory,
  target: Target,
  { reason, turn }: { reason: ResolveReason; turn: Turn },
): void {
  end(target, reason, turn);
  ofRule.drop(target);
}

/** Ends an alert for another reason than its condition's answer. */
function end(target: Target, reason: ResolveReason, turn: Turn): void {
  const { alert } = target;
  if (alert.phase === 'pending') tell(target, { kind: 'cancelled', alert, reason }, turn);
  else if (target.firing) tell(target, { kind: 'resolved', alert, reason }, turn);
}

/** Adds an event to those of the turn. */
export function tell(
  target: Target,
  occasion: { kind: AlertKind; alert: AlertState; reason?: ResolveReason },
  { snapshot, events, memory }: Turn,
): void {
  const bootedSince = memory.boot !== snapshot.boot;
  events.push(alertEvent(target, { ...occasion, bootedSince, twin: twinOf(memory, target) }, snapshot));
}

/** A target of another rule that has just the same processes, and a history of them that can be shown. */
function twinOf(memory: Memory, target: Target): Target | undefined {
  const [first] = target.members;
  if (first === undefined || isShown(target)) return undefined;
  const groups = memory.roster.groupsOf(first.process);
  for (const ofRule of memory.byRule.values()) {
    const twin = isShown(ofRule) ? twinIn(ofRule, target, groups) : undefined;
    if (twin) return twin;
  }
  return undefined;
}

/** What somebody counted for who is gone nobody knows any more: all targets are looked through then. */
function twinIn({ targets }: RuleMemory, target: Target, groups: readonly Group[] | undefined): Target | undefined {
  const among = groups ? groups.flatMap(({ key }) => targets.get(key) ?? []) : targets.values();
  for (const other of among) if (other.histories && haveSameMembers(other, target)) return other;
  return undefined;
}

/** Members of all targets stand in the order in which the snapshot has them. */
function haveSameMembers({ members }: Target, other: Target): boolean {
  if (members.length !== other.members.length) return false;
  return members.every(({ process }, index) => process === other.members[index]?.process);
}
