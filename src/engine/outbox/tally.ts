import type { DeliveryTally } from '../../core/outbox/standing.ts';
import type { Outcome } from '../attempt.ts';
import type { Bus } from '../bus.ts';
import type { Letter } from './book.ts';
import type { Sending } from './sending.ts';

/** Counts what became of events, and says what somebody has to know of: a receiver that is down, a disk that is full. */
export class Tally {
  readonly #bus: Pick<Bus, 'notice' | 'delivery'>;
  readonly #suppressed = new Map<string, number>();
  readonly #down = new Set<string>();
  #done = 0;
  #failed = 0;

  constructor(bus: Pick<Bus, 'notice' | 'delivery'>) {
    this.#bus = bus;
  }

  /** Counts what became of an event, and hands it to the sinks. @param why in a word or two, where it was not done on purpose. */
  record({ to, event }: Pick<Letter, 'to' | 'event'>, outcome: Outcome, why = 'nothing to do'): void {
    if (outcome.outcome === 'done') this.#done += 1;
    else if (outcome.outcome === 'failed') this.#failed += 1;
    else this.#suppressed.set(why, (this.#suppressed.get(why) ?? 0) + 1);
    const { id, rule, target, kind } = event;
    const names = { event: id, action: to.name, rule, target: target.name, kind };
    const acts = to.action.exclusive && { acts: true };
    this.#bus.delivery({ type: 'delivery', ...names, ...acts, ...outcome, time: Date.now() });
  }

  /** Says once for a message that it was not sent at the first attempt; nothing of those that wait for a receiver that is known to be down. */
  retried({ event, to, reason, entry }: Pick<Sending, 'event' | 'to' | 'reason' | 'entry'>): void {
    if (entry.attempts !== 1 || this.#down.has(to.name)) return;
    const message = `${to.name} for ${event.rule} (${event.target.name}) failed and is tried again: ${reason}`;
    this.#bus.notice({ kind: 'delivery-retried', severity: 'warning', message });
  }

  receiver(name: string, down: boolean, reason: string): void {
    if (down) this.#down.add(name);
    else this.#down.delete(name);
    const message = down
      ? `${name} fails every time: what it is to be told waits, and is tried one at a time: ${reason}`
      : `${name} works again`;
    this.#bus.notice({ kind: 'receiver', severity: down ? 'critical' : 'info', message });
  }

  storeFailing(failing: boolean, reason: string): void {
    const message = failing
      ? `what is on its way can't be written to disk, and is lost if psstop ends before it is sent: ${reason}`
      : 'what is on its way is written to disk again';
    this.#bus.notice({ kind: 'outbox', severity: failing ? 'critical' : 'info', message });
  }

  runsFailing(failing: boolean, reason: string): void {
    const message = failing
      ? `how often steps were taken can't be written to disk: after a restart of psstop their limits count anew: ${reason}`
      : 'how often steps were taken is written to disk again';
    this.#bus.notice({ kind: 'state', severity: 'warning', message });
  }

  left(waiting: number): void {
    const message = `${waiting} ${waiting === 1 ? 'message has' : 'messages have'} not been sent: that is done at the next start`;
    this.#bus.notice({ kind: 'outbox', severity: 'warning', message });
  }

  /** All that was counted since the start. */
  totals(): Pick<DeliveryTally, 'done' | 'failed' | 'suppressed' | 'down'> {
    const suppressed = Object.fromEntries(this.#suppressed);
    return { done: this.#done, failed: this.#failed, suppressed, down: [...this.#down].sort() };
  }
}
