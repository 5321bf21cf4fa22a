import type { Courses } from '../../core/course.ts';
import { lineageOf } from '../../core/lineage.ts';
import type { WaitingMessage } from '../../core/outbox/standing.ts';
import { dueAt, untold } from '../../core/telling/due.ts';
import { muteOf, type Surroundings } from '../../core/telling/mute.ts';
import type { Acknowledgement, Case, Desk } from '../../core/telling/nouns.ts';
import { QUIET } from '../../core/telling/quiet.ts';

/** Where there is more to know of an alert than what was judged. */
export interface Files {
  readonly desk: Desk;
  readonly courses: Pick<Courses, 'of'>;
  /** What keeps alerts from being told now. */
  readonly around: Surroundings;
  /** Uptime now, ms. */
  readonly uptime: number;
  /** What is on its way to somebody about an alert. */
  waiting(alert: string): readonly WaitingMessage[];
  /** Paths of what was captured for it. */
  evidence(alert: string): readonly string[];
}

/** What has become of an alert. */
export interface Standing {
  /** Why it is not told, or not acted upon. */
  readonly held?: string;
  /** Notifications that were held or dropped so far. */
  readonly suppressed: number;
  readonly acknowledged?: Acknowledgement;
  /** Why nothing more is done to its target: that is left to a person. */
  readonly left?: string;
  /** Paths of what was captured for it. */
  readonly evidence: readonly string[];
}

/** Who has heard of an alert, and who is still to. */
export interface Progress extends Standing {
  readonly alert: string;
  /** Steps that have been taken. */
  readonly taken: readonly string[];
  /** Those that will be, if it goes on firing, and in how many ms. */
  readonly next: readonly { readonly step: string; readonly in: number }[];
  readonly waiting: readonly WaitingMessage[];
}

/** How an alert stands with those who are to be told, and with what is done about it. */
export function standingOf(alert: string, { desk, around, courses, evidence }: Files): Standing {
  const one = desk.cases.get(alert);
  const { rests, held = 0, ack } = one ?? {};
  // Asked anew: whoever has just silenced it looks whether that was the right one, before there is anything to be held.
  const { why } = (one && muteOf(one.event, one.rule, around)) ?? (rests ? QUIET : {});
  const left = one && leftOf(one, courses);
  return {
    ...(why !== undefined && { held: why }),
    suppressed: held,
    ...(ack && { acknowledged: ack }),
    ...(left !== undefined && { left }),
    evidence: evidence(alert),
  };
}

/** The same, with every step of its rule. */
export function progressOf(alert: string, files: Files): Progress {
  const one = files.desk.cases.get(alert);
  const next = one === undefined ? [] : untold(one).map((step) => ({ step: step.name, at: dueAt(one, step) }));
  return {
    alert,
    ...standingOf(alert, files),
    taken: [...(one?.told.keys() ?? [])],
    // A step that waits for somebody to be told first has no time yet.
    next: next
      .filter(({ at }) => Number.isFinite(at))
      .map(({ step, at }) => ({ step, in: Math.max(0, at - files.uptime) })),
    waiting: files.waiting(alert),
  };
}

function leftOf({ event, rule }: Case, courses: Pick<Courses, 'of'>): string | undefined {
  for (const { action } of rule.steps) {
    if (!action.exclusive) continue;
    const { handedOver } = courses.of(action.lineage?.(event) ?? lineageOf(event.target));
    if (handedOver) return handedOver.why;
  }
  return undefined;
}
