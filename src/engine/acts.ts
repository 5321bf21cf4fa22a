import { ACT_PACE, type Pace } from '../core/outbox/pace.ts';
import { stepOfPart } from '../core/recipients.ts';
import type { AlertEvent, Post } from '../core/types.ts';
import { deliver } from './attempt.ts';
import { createChains } from './chain.ts';
import { type Confirm, needsConfirming } from './confirm.ts';
import type { Limits, Refusal } from './limit.ts';
import type { Outbox } from './outbox/outbox.ts';
import type { Sending } from './outbox/sending.ts';
import type { Workers } from './workers.ts';

/** What acts need of the engine. */
interface ActOptions {
  readonly outbox: Outbox;
  readonly limits: Limits;
  readonly workers: Workers;
  readonly stop: AbortSignal;
  readonly pace?: Pace;
  /** Asked before something is done to a target a while after the event. */
  readonly confirm?: Confirm;
  /** It is about to be done. */
  began(sending: Sending): void;
  /** It failed, and is tried again. */
  retried(sending: Sending): void;
}

/** Runs what is done to processes, each act once: that it begins is written down, so that nobody does it again after a crash. */
export class Acts {
  readonly #options: ActOptions;
  readonly #lanes = createChains();
  /** When events came, on performance.now(). */
  readonly #heard = new WeakMap<AlertEvent, number>();

  constructor(options: ActOptions) {
    this.#options = options;
  }

  /** Takes note of when an event came: what was read for it grows old. @param age how long ago, ms. */
  heard(event: AlertEvent, age = 0): void {
    this.#heard.set(event, performance.now() - age);
  }

  /** Runs an act when those before it on the same alert are over. Never throws. */
  run(sending: Sending): Promise<void> {
    const { alert, step } = sending.entry;
    return this.#lanes.run(`${step} ${alert}`, () => this.#act(sending));
  }

  async #act(sending: Sending): Promise<void> {
    const { outbox, limits, workers, stop, pace = ACT_PACE, began, retried } = this.#options;
    const { step, event, to } = sending;
    if (stop.aborted || sending.state === 'over') return;
    const refused = limits.claim(step, event);
    if (refused) {
      outbox.settle(sending, { outcome: 'skipped', reason: this.#refused(sending, refused), attempts: 0 });
      return;
    }
    if (event.kind === 'fired' || event.kind === 'pending') outbox.tell(sending);
    outbox.begin(sending);
    began(sending);
    sending.state = 'trying';
    const outcome = await deliver({
      ...{ action: to.action, event, pace, stop, post: this.#postFor(sending) },
      confirm: () => this.#confirm(sending),
      enter: (attempt) => limits.inTurn(step, event, () => workers.enter(to.action, attempt)),
      retried: (reason, attempts) => {
        sending.reason = reason;
        sending.entry = { ...sending.entry, attempts };
        retried(sending);
      },
    });
    limits.release(step, event, outcome.outcome);
    outbox.settle(sending, outcome);
  }

  /** A limit that one target alone has used up will stop it again and again: somebody is told, once. */
  #refused(sending: Sending, { reason, exhausted }: Refusal): string {
    if (!exhausted) return reason;
    const { to, event } = sending;
    const told = to.action.handOver?.(event, reason, this.#postFor(sending));
    return told ? `${reason}; ${told}` : reason;
  }

  /** What the parts of an act have to tell is written down before anybody tries to, as any message is. */
  #postFor({ step }: Sending): Post {
    const { outbox } = this.#options;
    return (part, event) => {
      for (const message of outbox.post(event, stepOfPart(part, step)) ?? []) outbox.release(message);
    };
  }

  #confirm({ to, event }: Sending): Promise<string> | undefined {
    const age = performance.now() - (this.#heard.get(event) ?? Number.NEGATIVE_INFINITY);
    return needsConfirming(to.action, event, age) ? this.#options.confirm?.(event) : undefined;
  }
}
