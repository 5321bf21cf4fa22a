import type { Pace } from '../../core/outbox/pace.ts';
import type { OutboxStore } from '../../core/outbox/types.ts';
import type { Recipient } from '../../core/types.ts';
import type { AttemptResult, Outcome } from '../attempt.ts';
import type { Room } from './book.ts';
import type { Sending } from './sending.ts';

/** What an outbox needs of the engine. */
export interface OutboxOptions {
  /** Never throws. */
  readonly store: OutboxStore;
  readonly pace?: Pace;
  readonly room?: Room;
  /** Makes one attempt. Never throws. */
  attempt(sending: Sending): Promise<AttemptResult>;
  /** It was written down. */
  wrote(sending: Sending): void;
  /** It is over, one way or another. */
  over(sending: Sending, outcome: Outcome): void;
  /** It failed, and is tried again. */
  retried(sending: Sending): void;
  /** A receiver stopped answering, or answers again. */
  changed(to: Recipient, down: boolean, reason: string): void;
}
