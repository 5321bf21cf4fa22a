import type { AlertKind } from '../types/alert.ts';

/** One message that somebody has not got yet. */
export interface WaitingMessage {
  readonly to: string;
  readonly kind: AlertKind;
  /** Attempts that have failed, and why the last one did; empty before the first. */
  readonly attempts: number;
  readonly reason: string;
  /** Not tried before so many ms. */
  readonly in: number;
}

/** How deliveries stand, and what became of them since the start. */
export interface DeliveryTally {
  /** Messages that are on their way. */
  readonly waiting: number;
  /** Age of the oldest of them, ms. */
  readonly oldest: number;
  /** Receivers that do not answer. */
  readonly down: readonly string[];
  readonly done: number;
  /** Given up. */
  readonly failed: number;
  /** Not done on purpose, by reason. */
  readonly suppressed: Readonly<Record<string, number>>;
}

/** `3 waiting for up to 12m (ops-mail is down), 2 failed, 5 suppressed`; empty when there is nothing to tell. */
export function describeDeliveries(tally: DeliveryTally, age: (ms: number) => string): string {
  const suppressed = Object.values(tally.suppressed).reduce((sum, count) => sum + count, 0);
  const down =
    tally.down.length > 0 ? ` (${tally.down.join(', ')} ${tally.down.length === 1 ? 'is' : 'are'} down)` : '';
  return [
    ...(tally.waiting > 0 ? [`${tally.waiting} waiting for up to ${age(tally.oldest)}${down}`] : []),
    ...(tally.failed > 0 ? [`${tally.failed} failed`] : []),
    ...(suppressed > 0 ? [`${suppressed} suppressed`] : []),
  ].join(', ');
}
