import type { AlertEvent, EventTarget, Rule } from '../types.ts';
import { describeSilence, isInForce, matches, type Silence } from './silence.ts';
import { isOpen } from './window.ts';

/** Why an alert is not told now. */
export interface Mute {
  readonly kind: 'silence' | 'inhibition' | 'window';
  /** For people; not escaped. */
  readonly why: string;
}

/** What there is to ask. */
export interface Surroundings {
  /** Unix ms. */
  readonly time: number;
  readonly silences: readonly Silence[];
  /** What is firing now, of one rule. */
  firing(rule: string): readonly AlertEvent[];
}

/** Whether an alert may be told, and why not. */
export function muteOf(event: AlertEvent, rule: Rule, around: Surroundings): Mute | undefined {
  for (const silence of around.silences) {
    if (matches(silence.match, event) && isInForce(silence, around.time)) {
      return { kind: 'silence', why: describeSilence(silence) };
    }
  }
  for (const name of rule.inhibitedBy ?? []) {
    const cause = around.firing(name).find((one) => inhibits(one, event));
    if (cause) return { kind: 'inhibition', why: `inhibited by ${name} (${cause.target.name})` };
  }
  return outsideWindows(rule, around.time);
}

function outsideWindows({ during, except }: Rule, time: number): Mute | undefined {
  if (during !== undefined && !during.some((window) => isOpen(window, time))) {
    return { kind: 'window', why: 'outside of the times of during' };
  }
  return except?.some((window) => isOpen(window, time))
    ? { kind: 'window', why: 'within the times of except' }
    : undefined;
}

/** What is only tried out keeps nothing real from being told. */
function inhibits(cause: AlertEvent, event: AlertEvent): boolean {
  if (cause.alert === event.alert || (cause.mode !== 'active' && cause.mode !== event.mode)) return false;
  return isAbout(cause.target, event.target);
}

/** The host stands for everything on it; else they have a unit, a container, a name or a process in common. */
function isAbout(cause: EventTarget, target: EventTarget): boolean {
  if (cause.by === 'host') return true;
  if (cause.unit !== undefined && cause.unit === target.unit) return true;
  if (cause.container !== undefined && cause.container === target.container) return true;
  if (cause.by === target.by && cause.key === target.key) return true;
  return cause.processes.some(({ pid, start }) =>
    target.processes.some((process) => process.pid === pid && process.start === start),
  );
}
