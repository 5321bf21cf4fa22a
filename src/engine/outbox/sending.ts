import type { OutboxEntry } from '../../core/outbox/types.ts';
import type { AlertEvent, Recipient, Step } from '../../core/types.ts';

/** An entry of the outbox while the program runs. */
export interface Sending {
  /** What the store holds; replaced by what has changed. */
  entry: OutboxEntry;
  readonly event: AlertEvent;
  readonly step: Step;
  /** The step itself, or what it falls back to. */
  readonly to: Recipient;
  /** What has the same lane is sent one after the other. */
  readonly lane: string;
  /** When it was written and when it is due, on a clock that nobody sets, ms. */
  readonly since: number;
  due: number;
  state: 'waiting' | 'trying' | 'over';
  /** Why the last attempt failed. */
  reason: string;
}
