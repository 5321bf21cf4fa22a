import type { Pace } from '../core/outbox/pace.ts';
import type { OutboxStore } from '../core/outbox/types.ts';
import type { RunStore } from '../core/runs.ts';
import type { Evidence } from '../core/types.ts';
import type { Bus } from './bus.ts';
import type { Confirm } from './confirm.ts';
import type { HostLimits } from './limit.ts';
import type { Room } from './outbox/book.ts';

/** What a dispatcher needs. */
export interface DispatchOptions {
  readonly bus: Bus;
  /** Says what would be done, and does nothing. */
  readonly dryRun?: boolean;
  readonly pace?: Pace;
  /** Asked before something is done to a target a while after the event. */
  readonly confirm?: Confirm;
  /** Keeps what is on its way when psstop ends, however it ends. */
  readonly store?: OutboxStore;
  /** How much may be on its way. */
  readonly room?: Room;
  /** Bounds for what acts on targets, over all rules. */
  readonly limits?: HostLimits;
  /** Asked at each attempt: what was kept since the event is told as well. */
  readonly evidence?: Pick<Evidence, 'fill'>;
  /** Keeps what counts against limits, however psstop ends. */
  readonly runs?: RunStore;
}
