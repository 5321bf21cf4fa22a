import { endsWithRule } from '../event.ts';
import type { AlertEvent, Rule, Step } from '../types.ts';
import { endSilences, surroundings } from './desk.ts';
import { dueAt, stepsOf, untold } from './due.ts';
import { flush, gatheringKey, join, update } from './gathering.ts';
import { type Mute, muteOf, type Surroundings } from './mute.ts';
import type { Case, Desk, HeldReason, Now, Telling } from './nouns.ts';
import { QUIET } from './quiet.ts';
import { raiseStorms } from './storm.ts';
import { isOpen, type TimeWindow } from './window.ts';

/**
 * Deals with everything that is due at a moment: what was heard, what may be told by now, what was to be told later. Pure but
 * for the desk. @param quiet when nothing acts on processes, whoever is told.
 */
export function settle(desk: Desk, now: Now, quiet: readonly TimeWindow[] = []): Telling {
  const passing = takeIn(desk);
  const telling: Telling = { hand: [], held: [], ended: [] };
  endSilences(desk, now, telling);
  const resting = quiet.some((window) => isOpen(window, now.time));
  const look = { desk, now, telling, around: surroundings(desk, now.time), resting };
  for (const { event, rule } of passing) pass(event, rule, look);
  const fresh = [...desk.cases.values()].filter((one) => one.openedAt === undefined && one.over === undefined);
  const open = fresh.filter((one) => muted(one, look) === undefined);
  raiseStorms(desk, now, { fresh: open, telling: look.telling });
  for (const one of open) one.openedAt = now.uptime;
  for (const [alert, one] of desk.cases) if (attend(one, look)) desk.cases.delete(alert);
  flush(desk, now, { telling: look.telling, muteOf: (one) => muted(one, look) });
  return look.telling;
}

interface Look {
  readonly desk: Desk;
  readonly now: Now;
  readonly telling: Telling;
  readonly around: Surroundings;
  /** These are quiet hours. */
  readonly resting: boolean;
}

/** Sorts what was heard. @returns what needs nobody's memory: what is pending, shadow rules, the end of an unknown alert. */
function takeIn(desk: Desk): { event: AlertEvent; rule: Rule }[] {
  const passing: { event: AlertEvent; rule: Rule }[] = [];
  for (const { event, rule } of desk.inbox) {
    const known = desk.cases.get(event.alert);
    if (event.mode === 'shadow' || (event.kind !== 'fired' && known === undefined)) passing.push({ event, rule });
    else if (known === undefined) {
      desk.cases.set(event.alert, { rule, event, fired: event.uptime, told: new Map(), held: 0 });
    } else if (event.kind === 'reminded') {
      known.event = { ...event, kind: 'fired', id: known.event.id };
      known.reminder = event;
    } else if (event.kind === 'resolved') {
      known.rule = rule;
      known.over = event;
    }
  }
  desk.inbox = [];
  return passing;
}

function pass(event: AlertEvent, rule: Rule, look: Look): void {
  const mute = event.mode === 'shadow' || event.kind === 'resolved' ? undefined : muteOf(event, rule, look.around);
  if (mute === undefined) {
    const wanted = rule.steps.filter(({ on }) => on.includes(event.kind));
    const steps = event.mode === 'shadow' ? rule.steps : awake({ held: 0 }, wanted, { event, look });
    look.telling.hand.push({ event, rule, steps });
  } else {
    const steps = rule.steps.filter(({ on }) => on.includes(event.kind));
    hold({ held: 0 }, steps, { event, mute, look });
  }
}

/** Does for an alert what is due. @returns true when it is over and done with. */
function attend(one: Case, look: Look): boolean {
  if (one.over !== undefined) return close(one, one.over, look);
  const due = untold(one).filter((step) => dueAt(one, step) <= look.now.uptime);
  if (due.length === 0 && one.reminder === undefined) return false;
  const mute = muted(one, look);
  if (mute !== undefined) hush(one, due, { mute, look });
  else {
    delete one.mute;
    const ready = awake(one, due, { event: one.event, look });
    if (ready.length > 0) hand(one, ready, look);
    if (one.reminder !== undefined) remind(one, one.reminder, look);
  }
  delete one.reminder;
  return false;
}

/** The end is told to whoever was told of the beginning; while it may not be told, it waits. */
function close(one: Case, over: AlertEvent, look: Look): boolean {
  const told = stepsOf(one).filter(({ name, on }) => one.told.has(name) || !on.includes('fired'));
  if (one.openedAt === undefined || told.length === 0) return true;
  const mute = endsWithRule(over) ? undefined : muted(one, look);
  if (mute !== undefined) {
    hush(one, told, { mute, look });
    return false;
  }
  // Those who don't act on it now may have others to tell.
  const quiet = told.filter(({ on }) => !on.includes('resolved'));
  const open = told.filter((step) => !quiet.includes(step));
  say(one, [...quiet, ...awake(one, open, { event: over, look })], { event: over, look });
  return true;
}

function remind(one: Case, event: AlertEvent, look: Look): void {
  const steps = stepsOf(one).filter(
    ({ name, on }) => on.includes('reminded') && (one.told.has(name) || !on.includes('fired')),
  );
  const { ack } = one;
  if (steps.length === 0) return;
  if (ack === undefined) say(one, awake(one, steps, { event, look }), { event, look });
  else
    hold(one, steps, {
      event,
      mute: { kind: 'acknowledged', why: `acknowledged by ${ack.author}: ${ack.reason}` },
      look,
    });
}

/** Those steps that are taken also in quiet hours. What acts waits, which is noted once. */
function awake(
  one: Pick<Case, 'held' | 'rests'>,
  steps: readonly Step[],
  { event, look }: { event: AlertEvent; look: Look },
): readonly Step[] {
  if (!look.resting) {
    delete one.rests;
    return steps;
  }
  const acts = steps.filter(({ action }) => action.exclusive);
  if (acts.length > 0 && !one.rests) {
    one.rests = true;
    hold(one, acts, { event, mute: QUIET, look });
  }
  return steps.filter(({ action }) => !action.exclusive);
}

/** That it fired, for steps that have not heard of it. */
function hand(one: Case, steps: readonly Step[], look: Look): void {
  const alone: Step[] = [];
  for (const step of steps) {
    const key = gatheringKey(one, step);
    one.told.set(step.name, key);
    if (key === undefined) alone.push(step);
    else join(look.desk, one, { key, step, now: look.now });
  }
  if (alone.length > 0) look.telling.hand.push({ event: one.event, rule: one.rule, steps: alone });
}

/** Something else, for steps that have: through the gathering in which they heard of it, if it was one. */
function say(one: Case, steps: readonly Step[], { event, look }: { event: AlertEvent; look: Look }): void {
  const alone = steps.filter(({ name }) => one.told.get(name) === undefined);
  for (const { name } of steps) {
    const key = one.told.get(name);
    if (key !== undefined) update(look.desk, key, { event, now: look.now });
  }
  if (alone.length > 0) look.telling.hand.push({ event, rule: one.rule, steps: alone });
}

/** Notes, once for each reason and for each reminder, that an alert is being held. */
function hush(one: Case, steps: readonly Step[], { mute, look }: { mute: Mute; look: Look }): void {
  const again = one.mute?.why === mute.why && one.reminder === undefined;
  one.mute = mute;
  if (again) return;
  const event = one.over ?? one.reminder ?? one.event;
  const meant = steps.length > 0 ? steps : stepsOf(one).filter(({ on }) => on.includes(event.kind));
  hold(one, meant, { event, mute, look });
}

interface Holding {
  readonly event: AlertEvent;
  readonly mute: { readonly kind: HeldReason; readonly why: string };
  readonly look: Pick<Look, 'telling'>;
}

function hold(one: { held: number }, steps: readonly Step[], { event, mute, look }: Holding): void {
  one.held += 1;
  look.telling.held.push(...steps.map((step) => ({ event, step, ...mute })));
}

function muted({ event, rule }: Pick<Case, 'event' | 'rule'>, { around }: Look): Mute | undefined {
  return muteOf(event, rule, around);
}
