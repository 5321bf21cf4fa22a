import type { AlertEvent } from '../core/types.ts';
import { formatDuration } from '../core/units.ts';
import type { Outcome } from './attempt.ts';
import type { Sending } from './outbox/sending.ts';

/** So many alerts are remembered; those to which nothing was done for the longest time are forgotten first. */
const MOST = 1_000;

/** One thing that is done; `said` is what came of it, once it is over. */
interface Doing {
  readonly step: string;
  /** When it began, Unix ms. */
  readonly time: number;
  readonly said?: string;
}

/** Something that one step is to tell. */
type News = Pick<Sending, 'event' | 'step'>;

type Act = Pick<Sending, 'entry' | 'step'>;

/** What is done to the targets of alerts, so that whoever was told of one hears what came of it: with its end, or after it where it lasts longer. */
export class Doings {
  readonly #doings = new Map<string, readonly Doing[]>();
  /** Ends that were told while something was under way. */
  readonly #ends = new Map<string, readonly News[]>();

  /** Takes note that something begins. @param time Unix ms. */
  began({ entry, step }: Act, time: number): void {
    this.#set(entry.alert, [...this.#of(entry.alert), { step: step.name, time }]);
  }

  /** Takes note of what came of it. @returns who is still to hear it, as an event of its own. */
  ended({ entry, step }: Act, { outcome, reason }: Pick<Outcome, 'outcome' | 'reason'>): News[] {
    const { alert } = entry;
    const doings = this.#of(alert);
    const at = doings.findLastIndex((doing) => doing.step === step.name && doing.said === undefined);
    const doing = doings[at];
    if (doing === undefined) return [];
    const over: Doing = { ...doing, said: outcome === 'done' ? reason : `${outcome}: ${reason}` };
    this.#set(alert, doings.with(at, over));
    const ends = this.#ends.get(alert) ?? [];
    if (!this.#isUnderWay(alert)) this.#ends.delete(alert);
    return ends.map(({ event, step: listener }) => {
      const message = `${event.target.name}: ${describe(over)}`;
      return { step: listener, event: { ...event, id: `${event.id}-done-${at + 1}`, message } };
    });
  }

  /** What was done about an alert so far, for the end of a message; undefined where that is nothing. */
  of({ alert, time }: AlertEvent): string | undefined {
    const doings = this.#of(alert);
    return doings.length === 0 ? undefined : doings.map((doing) => describe(doing, time)).join('; ');
  }

  /** Takes note of who was told that alerts are over: what is still under way they hear of later. */
  toldEnd(event: AlertEvent, sendings: readonly Pick<Sending, 'step'>[]): void {
    const steps = sendings.flatMap(({ step }) => (step.action.exclusive ? [] : step));
    for (const one of event.bundle?.alerts ?? [event]) {
      if (one.kind !== 'resolved' || !this.#isUnderWay(one.alert)) continue;
      const known = this.#ends.get(one.alert) ?? [];
      this.#ends.set(one.alert, [...known, ...steps.map((step) => ({ event: one, step }))]);
    }
  }

  #of(alert: string): readonly Doing[] {
    return this.#doings.get(alert) ?? [];
  }

  #isUnderWay(alert: string): boolean {
    return this.#of(alert).some(({ said }) => said === undefined);
  }

  #set(alert: string, doings: readonly Doing[]): void {
    this.#doings.delete(alert);
    this.#doings.set(alert, doings);
    const [oldest] = this.#doings.keys();
    if (this.#doings.size <= MOST || oldest === undefined) return;
    this.#doings.delete(oldest);
    this.#ends.delete(oldest);
  }
}

/** `restart-unit at 2026-07-06T14:02:03Z: restarted app.service in 1.2s`. @param now Unix ms. */
function describe({ step, time, said }: Doing, now = time): string {
  const began = `${new Date(time).toISOString().slice(0, 19)}Z`;
  if (said !== undefined) return `${step} at ${began}: ${said}`;
  return `${step} has been under way for ${formatDuration(Math.max(0, now - time))}`;
}
