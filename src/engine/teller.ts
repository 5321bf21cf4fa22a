import type { Refusal } from '../core/delivery.ts';
import { messageOf } from '../core/errors.ts';
import { acknowledge, adopt, emptyDesk, hear, letGo } from '../core/telling/desk.ts';
import { nextDue } from '../core/telling/due.ts';
import { type DeskChange, KeptDesk } from '../core/telling/kept.ts';
import type { Acknowledgement, Desk, Now, Telling } from '../core/telling/nouns.ts';
import { settle } from '../core/telling/settle.ts';
import type { Silence } from '../core/telling/silence.ts';
import type { TimeWindow } from '../core/telling/window.ts';
import type { AlertEvent, Rule, Snapshot, Step } from '../core/types.ts';
import type { Bus } from './bus.ts';

/** The timer is never set to less than this, ms. */
const SOONEST = 50;

/** What stands behind the desk. */
export interface TellerOptions {
  readonly bus: Pick<Bus, 'notice'>;
  /** Takes an event to the steps of a rule, which are due now. @param age how long ago it happened, ms. */
  hand(event: AlertEvent, rule: Rule, age: number): void;
  /** Puts on record that a step is not taken now. */
  hold(step: Step, event: AlertEvent, because: Refusal): void;
  readonly desk?: Desk;
  /** When nothing acts on processes. */
  readonly quiet?: readonly TimeWindow[];
  /** Keeps what has changed on the desk; absent: nothing outlives the program. */
  keep?(change: DeskChange): void;
}

/** Stands between what happens and those who are told: keeps the desk's time, and the record of what is held. A class, as it holds a timer. */
export class Teller {
  readonly desk: Desk;
  readonly #options: TellerOptions;
  #timer: NodeJS.Timeout | undefined;
  #failing = false;
  readonly #kept = new KeptDesk();
  /** The clocks of the last snapshot, and the monotonic time at which it came, ms. */
  #last: Now & { readonly at: number } = { time: 0, uptime: 0, at: 0 };

  constructor(options: TellerOptions) {
    this.#options = options;
    this.desk = options.desk ?? emptyDesk();
  }

  /** Takes an event; what follows from it is done when its snapshot is over. */
  hear(event: AlertEvent, rule: Rule): void {
    hear(this.desk, event, rule);
  }

  /** A snapshot is over: everything that it had to tell has been heard. */
  finish({ time, uptime }: Pick<Snapshot, 'time' | 'uptime'>): void {
    this.#last = { time, uptime, at: performance.now() };
    this.settle();
  }

  /** Does what is due now. */
  settle(): void {
    clearTimeout(this.#timer);
    const now = this.now();
    this.#tell(settle(this.desk, now, this.#options.quiet));
    this.#keep();
    const next = nextDue(this.desk);
    if (next === undefined) return;
    this.#timer = setTimeout(() => this.settle(), Math.min(Math.max(next - now.uptime, SOONEST), 2 ** 30));
    this.#timer.unref();
  }

  /** Takes a new set of rules. */
  use(rules: readonly Rule[]): void {
    adopt(this.desk, rules);
  }

  /** Begins a silence. */
  silence(silence: Silence): void {
    this.desk.silences.set(silence.id, silence);
    this.settle();
  }

  /** Ends a silence. @returns whether there was one. */
  endSilence(id: string): boolean {
    const ended = this.desk.silences.delete(id);
    this.settle();
    return ended;
  }

  /** Takes an alert upon somebody. @returns whether it fires. */
  acknowledge(alert: string, ack: Acknowledgement): boolean {
    const known = acknowledge(this.desk, alert, ack);
    this.#keep();
    return known;
  }

  /** What was kept may be lost: keeps all of it. */
  keepAgain(): void {
    this.#kept.forget();
    this.#keep();
  }

  /** By the clocks of the last snapshot: a clock that is set moves nothing that was agreed upon before. */
  now(): Now {
    const { time, uptime, at } = this.#last;
    const since = performance.now() - at;
    return { time: time + since, uptime: uptime + since };
  }

  /** Tells what waits for company, so that nothing is lost at the end, and stops. */
  close(): void {
    clearTimeout(this.#timer);
    letGo(this.desk);
    this.#tell(settle(this.desk, this.now(), this.#options.quiet));
    this.#keep();
  }

  /** What can't be kept is told, and lives on in memory. */
  #keep(): void {
    const { keep, bus } = this.#options;
    if (keep === undefined) return;
    try {
      this.#kept.keep(this.desk, keep);
      this.#failing = false;
    } catch (error) {
      if (this.#failing) return;
      this.#failing = true;
      const message = `silences, and what is still to be told, can't be kept over a restart: ${messageOf(error)}`;
      bus.notice({ kind: 'state', severity: 'warning', message });
    }
  }

  #tell({ hand, held, ended }: Telling): void {
    for (const { event, step, kind, why } of held) this.#options.hold(step, event, { why: kind, reason: why });
    for (const { silence, why } of ended) {
      const message = `the silence ${silence.id} of ${silence.author} (${silence.reason}) has ended: ${why}`;
      this.#options.bus.notice({ kind: 'silence', severity: 'info', message });
    }
    const { uptime } = this.now();
    for (const { event, rule, steps } of hand) this.#options.hand(event, { ...rule, steps }, uptime - event.uptime);
  }
}
