import { type Breaker, CLOSED, failed, placesOf } from '../../core/outbox/breaker.ts';
import { backOff, type Pace } from '../../core/outbox/pace.ts';
import type { AttemptResult } from '../attempt.ts';
import { Lanes } from './lanes.ts';
import type { Sending } from './sending.ts';

/** How many messages one receiver is sent at the same time. */
const AT_ONCE = 4;
/** setTimeout takes no more, ms. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** What a receiver needs of the outbox. */
export interface ReceiverOptions {
  readonly pace: Pace;
  /** On a clock that nobody sets, ms. */
  now(): number;
  /** Never throws. */
  attempt(sending: Sending): Promise<AttemptResult>;
  /** It was answered for good. */
  settled(sending: Sending, result: AttemptResult): void;
  /** It failed, and is tried again when it is due. */
  postponed(sending: Sending): void;
  /** It has waited for too long. */
  expired(sending: Sending): void;
  /** The receiver has been down for so long that what has a fallback goes there. */
  abandoned(sending: Sending): void;
  /** It stopped answering, or answers again. */
  changed(down: boolean, reason: string): void;
}

/** One receiver: what waits for it, in order, and whether it is up. A class, as it holds a timer. */
export class Receiver {
  readonly #options: ReceiverOptions;
  readonly #lanes = new Lanes();
  #breaker: Breaker = CLOSED;
  #trying = 0;
  #timer: NodeJS.Timeout | undefined;
  #looking = false;
  #stopped = false;
  #ended: () => void = () => undefined;

  constructor(options: ReceiverOptions) {
    this.#options = options;
  }

  /** Since when it has been down, on `now`; undefined while it is up. */
  get downSince(): number | undefined {
    return this.#breaker.openSince;
  }

  /** Takes a message; it is begun later, never at once. */
  add(sending: Sending): void {
    this.#lanes.add(sending);
    this.#soon();
  }

  /** Takes back a message that nobody is sending. */
  drop(sending: Sending): void {
    this.#lanes.remove(sending);
    this.#soon();
  }

  /** Begins nothing any more. Resolves when no attempt is under way. */
  stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    return new Promise((resolve) => {
      this.#ended = resolve;
      if (this.#trying === 0) resolve();
    });
  }

  /** However many come at once, they are looked at once. */
  #soon(): void {
    if (this.#looking) return;
    this.#looking = true;
    queueMicrotask(() => {
      this.#looking = false;
      this.#pump();
    });
  }

  /** Begins what is due and has a place. */
  #pump(): void {
    if (this.#stopped) return;
    const { now } = this.#options;
    if (this.#breaker.openSince !== undefined) this.#clear();
    while (this.#trying < placesOf(this.#breaker, now(), AT_ONCE)) {
      const next = this.#lanes.take(now());
      if (next === undefined) break;
      void this.#send(next);
    }
    this.#wait();
  }

  async #send(sending: Sending): Promise<void> {
    const { attempt } = this.#options;
    this.#trying += 1;
    sending.state = 'trying';
    const result = await attempt(sending);
    this.#trying -= 1;
    sending.state = 'waiting';
    // Broken off, and not answered: it stays where it is.
    if (!this.#stopped || result.done !== undefined) this.#judge(sending, result);
    if (this.#stopped && this.#trying === 0) this.#ended();
    this.#pump();
  }

  #judge(sending: Sending, result: AttemptResult): void {
    if (result.again !== undefined) {
      this.#postpone(sending, { said: result.said, again: result.again });
      return;
    }
    this.#up();
    this.#lanes.remove(sending);
    this.#options.settled(sending, result);
  }

  #postpone(sending: Sending, { said, again }: { said: string; again: number }): void {
    const { pace, now, postponed, expired, changed } = this.#options;
    sending.reason = said;
    sending.entry = { ...sending.entry, attempts: sending.entry.attempts + 1 };
    const wasUp = this.#breaker.openSince === undefined;
    const pause = (failures: number): number => backOff(failures, pace, Math.random());
    this.#breaker = failed(this.#breaker, now(), pause);
    if (wasUp && this.#breaker.openSince !== undefined) changed(true, said);
    const last = sending.since + pace.giveUpAfter;
    if (now() >= last) {
      this.#lanes.remove(sending);
      expired(sending);
      return;
    }
    // However long the receiver asks us to wait: there is a last attempt when the time is up.
    sending.due = Math.min(now() + Math.max(pause(sending.entry.attempts), again), last);
    this.#lanes.again(sending);
    postponed(sending);
  }

  #up(): void {
    if (this.#breaker.openSince !== undefined) this.#options.changed(false, '');
    this.#breaker = CLOSED;
  }

  /** While it is down nothing is tried, so what is too old, or has somewhere else to go, leaves by this way. */
  #clear(): void {
    const { pace, now, expired, abandoned } = this.#options;
    const downFor = now() - (this.#breaker.openSince ?? now());
    for (const sending of this.#lanes.idle()) {
      const old = now() - sending.since >= pace.giveUpAfter;
      const leaves = downFor >= pace.fallBackAfter && sending.to.fallback !== undefined;
      // It may have left with one before it.
      if (sending.state !== 'waiting' || (!old && !leaves)) continue;
      this.#lanes.remove(sending);
      if (leaves) abandoned(sending);
      else expired(sending);
    }
  }

  #wait(): void {
    clearTimeout(this.#timer);
    const { now } = this.#options;
    const due = this.#lanes.nextDue();
    // Whoever is being sent looks again when that is over.
    if (due === undefined || this.#trying >= placesOf(this.#breaker, Number.POSITIVE_INFINITY, AT_ONCE)) return;
    const pause = Math.max(due, this.#breaker.probeAt) - now();
    this.#timer = setTimeout(() => this.#pump(), Math.min(Math.max(pause, 0), LONGEST_TIMER));
  }
}
