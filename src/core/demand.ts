import { IDLE, step } from './alert.ts';
import { atMost } from './bounds.ts';
import { type Choice, choose } from './choose.ts';
import { uncovered } from './coverage.ts';
import { UNIT_OF } from './level.ts';
import type { Memory } from './memory.ts';
import type { Target } from './target.ts';
import { openTurn } from './turn.ts';
import type { AlertKind, Demand, Doubt, ProcessSample, Rule, Snapshot, Step, Urgency } from './types.ts';
import { formatBounds, formatValue } from './units.ts';

/** In the order in which they are served. */
export const URGENCIES: readonly Urgency[] = ['act', 'decide', 'follow', 'series', 'show'];

/** Between two points a history is given one more when the resident size has fallen below this share of what it was: it may have a new floor. */
const FALLEN = 0.95;
/** That early at most, as a share of the time between two points. */
const EARLY = 0.125;

/**
 * Which processes of a draft, a snapshot in which little or nothing was read, must be read for `advance` to come to the same as if
 * all had been. To be asked again, with the same draft, when they were: where the bounds left a group open, the members
 * that tell most come first, and often the rest need not be read at all. Empty when nothing more is needed or possible.
 */
export function demand(memory: Memory, rules: readonly Rule[], draft: Snapshot): Demand[] {
  const turn = openTurn(memory, rules, draft);
  const wanted: Wanted = new Map();
  // A reading only makes bounds narrower: whoever wanted nothing before wants nothing now.
  turn.open = (turn.open ?? targetsOf(memory, draft)).filter((target) => asks(target, wanted));
  return [...wanted.values()];
}

function targetsOf(memory: Memory, draft: Snapshot): Target[] {
  const found: Target[] = [];
  for (const { targets } of memory.byRule.values()) {
    // Not `for … of`: see bounds.ts.
    targets.forEach((target) => {
      if (target.snapshot !== draft) return;
      target.group.gather();
      if (!target.isBlank()) found.push(target);
    });
  }
  return found;
}

/** Adds what a target wants. @returns false when it wants nothing. */
function asks(target: Target, wanted: Wanted): boolean {
  const open = decide(target, wanted);
  const fed = target.rule.when.wants.length > 0 && feed(target, wanted);
  return open || fed;
}

type Wanted = Map<ProcessSample, Demand>;

function want(wanted: Wanted, demand: Demand): void {
  const known = wanted.get(demand.sample);
  if (known && URGENCIES.indexOf(known.urgency) <= URGENCIES.indexOf(demand.urgency)) return;
  wanted.set(demand.sample, demand);
}

function decide(target: Target, wanted: Wanted): boolean {
  const choices = choicesOf(target);
  if (choices.length === 0) return false;
  for (const choice of choices) {
    for (const sample of choose(choice.members ?? target.members, choice)) {
      const { measure, urgency } = choice;
      want(wanted, { sample, measure, urgency, why: () => `${target.rule.name}: ${choice.why()}` });
    }
  }
  return true;
}

function choicesOf(target: Target): readonly Choice[] {
  const doubts = target.doubts();
  if (doubts.length > 0) return doubts.map((doubt) => choiceOf(target, doubt));
  // A condition that throws is reported where it is judged.
  try {
    return toldNow(target);
  } catch {
    return NONE;
  }
}

const NONE: readonly never[] = [];

function choiceOf(target: Target, doubt: Doubt): Choice {
  const { measure, limit } = doubt;
  const why = () => {
    const unit = UNIT_OF[measure];
    const seen = formatBounds(target.measure(measure) ?? { low: 0, high: 0 }, unit);
    const level = limit === undefined ? 'must be known' : `the limit is ${formatValue(limit, unit)}`;
    return `${measure} of ${target.name} is ${seen}, ${level}`;
  };
  if (measure !== 'coverage') return { ...doubt, urgency: isWaiting(target) ? 'follow' : 'decide', why };
  // At the beginning nobody was ever read: no rule about a process is to wait for that.
  return { measure: 'pss', ...uncovered(target.snapshot, limit ?? 1), urgency: 'show', why };
}

/** It has begun to hold, and has to go on for a while before anybody is told: what is left of the time to read it is better kept for that moment. */
function isWaiting({ alert, rule, snapshot }: Target): boolean {
  return alert.phase === 'pending' && snapshot.uptime - alert.since < rule.for;
}

/** What is about to be told must say a figure, not a bound; what is about to be done to a process must not rest on one. */
function toldNow(target: Target): readonly Choice[] {
  const { rule, alert, snapshot } = target;
  if (target.members.every(isRead)) return NONE;
  const verdict = rule.when.test(target);
  if (verdict === undefined || (alert === IDLE && !verdict.met)) return NONE;
  const { kind } = step(alert, { met: verdict.met, uptime: snapshot.uptime, time: snapshot.time }, rule);
  if (kind === undefined) return NONE;
  const acts = actsNow(rule, kind);
  if (!verdict.rough && !acts) return NONE;
  return [{ measure: 'pss', urgency: acts ? 'act' : 'decide', why: () => `${kind} is told of ${target.name}` }];
}

function isRead({ exact, unread }: ProcessSample): boolean {
  return exact !== undefined || unread === 'gone';
}

/** Something is done to the target in this very moment. What is due later reads it again by then. */
function actsNow({ mode, steps }: Rule, kind: AlertKind): boolean {
  const due = ({ action, on, after }: Step) =>
    action.exclusive && on.includes(kind) && (after === 0 || kind !== 'fired');
  return mode === 'active' && steps.some(due);
}

function feed(target: Target, wanted: Wanted): boolean {
  // Nearly nobody's, as a rule: that is asked first.
  if (!target.isFollowed()) return false;
  const { uptime } = target.snapshot;
  let every = Number.POSITIVE_INFINITY;
  for (const series of target.rule.when.wants) every = Math.min(every, series.every ?? every);
  if (every === Number.POSITIVE_INFINITY) return false;
  let due = false;
  for (const sample of target.members) {
    if (isSettled(sample) || !isDue(sample, every, uptime)) continue;
    due = true;
    want(wanted, { sample, urgency: 'series', why: () => `${target.rule.name}: the history of ${target.name}` });
  }
  return due;
}

/** Who has not lived for one such time does not matter yet: most processes never do. */
function isDue({ process, last, rss }: ProcessSample, every: number, uptime: number): boolean {
  if (last === undefined) return uptime - process.startedAt >= every;
  const age = uptime - last.at;
  return age >= every || (age >= every * EARLY && rss < last.rss * FALLEN);
}

function isSettled({ exact, unread, still }: ProcessSample): boolean {
  return exact !== undefined || unread !== undefined || still === true;
}

/** The biggest `count` processes, as far as that is known, whose last reading is older than `age` ms: for views. */
export function biggest(draft: Snapshot, count: number, age: number): Demand[] {
  const sizes = draft.processes.map((sample) => ({
    sample,
    size: (sample.exact ?? sample.last)?.pss ?? atMost(sample, 'pss'),
  }));
  return sizes
    .sort((a, b) => b.size - a.size)
    .slice(0, count)
    .filter(({ sample }) => !isSettled(sample) && !(sample.last && draft.uptime - sample.last.at < age))
    .map(({ sample }) => ({ sample, urgency: 'show', why: () => 'it is among the biggest, which are shown' }));
}

/** Processes that have lived for `age` ms and were never read: everybody is to be known in the end. */
export function unknown(draft: Snapshot, age: number): Demand[] {
  return draft.processes
    .filter((sample) => !isSettled(sample) && !sample.last && draft.uptime - sample.process.startedAt >= age)
    .map((sample) => ({ sample, urgency: 'show', why: () => 'it was never read' }));
}
