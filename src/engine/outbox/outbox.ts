import { type Pace, TELL_PACE } from '../../core/outbox/pace.ts';
import type { WaitingMessage } from '../../core/outbox/standing.ts';
import type { OutboxEntry } from '../../core/outbox/types.ts';
import type { Action, AlertEvent, Recipient, Step } from '../../core/types.ts';
import type { Outcome } from '../attempt.ts';
import { Book, type Letter } from './book.ts';
import type { OutboxOptions } from './options.ts';
import { Receiver } from './receiver.ts';
import { recipientOf } from './recipient.ts';
import type { Sending } from './sending.ts';
import { ToldRegister } from './told.ts';

/** How a message ended. */
type End = Pick<Outcome, 'outcome' | 'reason'>;

/**
 * What is on its way: written down before anybody tries to send it, and struck out when it was answered. Each receiver works
 * through what it is to get for itself, so none waits for another.
 */
export class Outbox {
  readonly told: ToldRegister;
  readonly #options: OutboxOptions;
  readonly #pace: Pace;
  readonly #book: Book;
  readonly #receivers = new Map<Action, Receiver>();

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#pace = options.pace ?? TELL_PACE;
    this.#book = new Book(options.store, options.room);
    this.told = new ToldRegister(options.store);
  }

  get size(): number {
    return this.#book.size;
  }

  /** When what has waited longest was written down, on performance.now(). */
  get oldest(): number | undefined {
    return this.#book.oldest;
  }

  /** What is on its way about an alert. */
  about(alert: string): WaitingMessage[] {
    return this.#book.about(alert);
  }

  /** Writes a message down; it waits for `release`. @returns it; undefined where there is no room, and none can be made. */
  post(event: AlertEvent, step: Step): [Sending] | undefined {
    const told = this.told.get({ alert: event.alert, rule: event.rule, step: step.name });
    const to = recipientOf(step, told?.receiver) ?? step;
    if (this.#book.isFull()) this.#makeRoom();
    if (this.#book.isFull()) return undefined;
    const sending = this.#write({ event, step, to });
    if (event.kind !== 'fired' && event.kind !== 'pending') this.#supersede(sending);
    else if (!to.action.exclusive && step.on.some((kind) => kind !== event.kind)) this.tell(sending);
    return [sending];
  }

  /** Takes over what an earlier run of the program wrote down. */
  resume(entry: OutboxEntry, letter: Letter): Sending {
    const sending = this.#book.resume(entry, letter, this.#pace);
    this.#options.wrote(sending);
    return sending;
  }

  /** Writes down all that is on its way once more: the store may have lost it. */
  writeAgain(): void {
    const { store } = this.#options;
    store.together(() => {
      for (const { entry, event } of this.#book.all()) store.put(entry, event);
      for (const told of this.told.all()) store.tell(told);
    });
  }

  /** Takes note that somebody is told of an alert, and so has to hear of its end. */
  tell({ entry, event, to }: Sending): void {
    const { alert, rule, step, receiver, since } = entry;
    this.told.set({ alert, rule, step, receiver, since, ...(to.action.resume && { event }) });
  }

  /** Lets a message be sent as soon as it is its turn. */
  release(sending: Sending): void {
    if (sending.state === 'waiting') this.#receiver(sending.to).add(sending);
  }

  /** Writes down that something begins which must not be done twice. */
  begin(sending: Sending): void {
    this.#book.change(sending, { begun: true });
  }

  /** Takes a message out that nobody is sending: it is over. */
  settle(sending: Sending, { attempts = sending.entry.attempts, ...end }: End & { attempts?: number }): void {
    sending.entry = { ...sending.entry, attempts };
    this.#answered(sending, end);
  }

  /** Nobody will send what has not been sent. */
  loseAll(): void {
    for (const sending of [...this.#book.all()]) {
      const waited = sending.reason === '' ? 'before it was sent' : `while waiting to try again: ${sending.reason}`;
      this.#end(sending, { outcome: 'failed', reason: `stopped ${waited}` });
    }
  }

  /** Forgets about a receiver whose action is closed. */
  forget(action: Action): void {
    void this.#receivers.get(action)?.stop();
    this.#receivers.delete(action);
  }

  /** Begins nothing any more; what was not answered stays written down. Resolves when no attempt is under way. */
  async stop(): Promise<void> {
    await Promise.all([...this.#receivers.values()].map((receiver) => receiver.stop()));
  }

  #receiver(to: Recipient): Receiver {
    const known = this.#receivers.get(to.action);
    if (known !== undefined) return known;
    const receiver = new Receiver({
      pace: this.#pace,
      now: () => performance.now(),
      attempt: (sending) => {
        if (sending.to.action.once) this.begin(sending);
        return this.#options.attempt(sending);
      },
      settled: (sending, { done, said }) => {
        sending.entry = { ...sending.entry, attempts: sending.entry.attempts + 1 };
        this.#answered(sending, { outcome: done ?? 'failed', reason: said });
      },
      postponed: (sending) => this.#postponed(sending),
      expired: (sending) => this.#answered(sending, { outcome: 'failed', reason: givenUp(sending) }),
      abandoned: (sending) =>
        this.#answered(sending, { outcome: 'failed', reason: `${to.name} has been down for long` }),
      changed: (down, reason) => this.#options.changed(to, down, reason),
    });
    this.#receivers.set(to.action, receiver);
    return receiver;
  }

  #postponed(sending: Sending): void {
    const due = Math.round(Date.now() + sending.due - performance.now());
    this.#book.change(sending, { due, begun: false });
    this.#options.retried(sending);
  }

  /** What failed goes to who stands in, and with it all that waits behind it. */
  #answered(sending: Sending, end: End): void {
    const { to, step, event } = sending;
    const { fallback } = to;
    if (end.outcome !== 'failed' || fallback === undefined) {
      this.#end(sending, end);
      return;
    }
    const { alert, rule } = event;
    const names = { alert, rule, step: step.name };
    const known = this.told.get(names);
    if (known) this.told.set({ ...known, receiver: fallback.name });
    const behind = this.#book.waiting(names).filter((other) => other !== sending && other.to === to);
    for (const moved of [sending, ...behind]) {
      this.release(this.#write({ event: moved.event, step, to: fallback }));
      const reason = moved === sending ? end.reason : 'what came before it could not be sent';
      this.#end(moved, { ...end, reason: `${reason}; ${fallback.name} is told instead` });
    }
  }

  #makeRoom(): void {
    for (const spared of this.#book.spared()) this.#end(spared, { outcome: 'failed', reason: NO_ROOM });
  }

  /** What says more, or the last word, takes the place of reminders that nobody has heard. */
  #supersede(sending: Sending): void {
    for (const older of this.#book.waiting(sending.entry)) {
      if (older === sending || older.entry.kind !== 'reminded') continue;
      this.#end(older, { outcome: 'skipped', reason: 'a later message on the same alert takes its place' });
    }
  }

  #write(letter: Letter): Sending {
    const sending = this.#book.write(letter);
    this.#options.wrote(sending);
    return sending;
  }

  #end(sending: Sending, end: End): void {
    this.#receivers.get(sending.to.action)?.drop(sending);
    this.#book.strike(sending);
    const { attempts } = sending.entry;
    this.#options.over(sending, { attempts, took: performance.now() - sending.since, ...end });
  }
}

/** Why a message was not even written down. */
export const NO_ROOM = 'too many messages are waiting to be sent';

function givenUp({ entry, reason }: Sending): string {
  const tried = entry.attempts === 1 ? '1 attempt' : `${entry.attempts} attempts`;
  return `given up after ${tried}: ${reason === '' ? 'the receiver is down' : reason}`;
}
