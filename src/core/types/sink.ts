import type { Delivery } from './action.ts';
import type { Event } from './notice.ts';
import type { Snapshot } from './snapshot.ts';

/** Receives what flows through psstop. It changes nothing; what it throws is reported and stops nobody else. */
export interface Sink {
  snapshot?(snapshot: Snapshot): void;
  event?(event: Event): void;
  delivery?(delivery: Delivery): void;
  /** Opens its file again (SIGUSR1). */
  reopen?(): void;
  close?(): void | Promise<void>;
}
