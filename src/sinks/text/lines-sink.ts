import type { Writable } from 'node:stream';
import { isOfNote } from '../../core/delivery.ts';
import type { DeliveryTally } from '../../core/outbox/standing.ts';
import type { ActiveAlert, AlertEvent, Sink, Snapshot, Undecided } from '../../core/types.ts';
import { dueEach } from '../pace/due.ts';
import {
  deliveryLine,
  eventLine,
  formatLine,
  heartbeatLine,
  type Line,
  type LineStyle,
  missingLine,
  noticeLine,
} from './event-lines.ts';

/** How `linesSink` writes. */
export interface LinesOptions extends LineStyle {
  /** How often a sign of life is written, ms on `uptime`; 0 is never. */
  readonly heartbeat: number;
  /** Writes what is pending or was cancelled too. */
  readonly pending?: boolean;
  /** What is pending or firing now; those that began before this program too. */
  readonly alerts?: () => readonly ActiveAlert[];
  /** What the rules could not decide in the last snapshot. */
  readonly undecided?: () => readonly Undecided[];
  /** How deliveries stand. */
  readonly deliveries?: () => DeliveryTally;
  /** Bytes that may wait for a reader; beyond them lines are dropped and counted. Default: 1 MiB. */
  readonly waiting?: number;
  /** Called once when nobody can read any more (EPIPE), or writing fails for good. */
  readonly onClosed?: (error: NodeJS.ErrnoException) => void;
}

/** Writes one line for each event, notice and delivery of note, and a sign of life now and then. Works with any stream; never closes it. */
export function linesSink(out: Writable, options: LinesOptions): Sink {
  const write = lineWriter(out, options);
  const isDue = dueEach(options.heartbeat);
  return {
    snapshot(snapshot: Snapshot): void {
      if (options.heartbeat <= 0 || !isDue(snapshot.uptime)) return;
      const { alerts, undecided, deliveries } = options;
      const firing = (alerts?.() ?? []).filter((alert) => alert.firing).length;
      write(heartbeatLine(snapshot, { firing, undecided: undecided?.() ?? [], deliveries: deliveries?.() }));
    },
    event(event): void {
      if (event.type === 'notice') {
        write(noticeLine(event));
        return;
      }
      if (event.mode === 'shadow') return;
      if (!isQuiet(event) || options.pending) write(eventLine(event));
    },
    delivery(delivery): void {
      if (isOfNote(delivery)) write(deliveryLine(delivery));
    },
    close: () => flushed(out),
  };
}

const LAST_WORDS = 1_000;

/** Waits until what was written has left, but no longer than a second. */
function flushed(out: Writable): Promise<void> {
  if (out.destroyed || out.writableLength === 0) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, LAST_WORDS);
    out.write('', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Comes and goes without anybody having been told. */
function isQuiet({ kind }: AlertEvent): boolean {
  return kind === 'pending' || kind === 'cancelled';
}

function lineWriter(out: Writable, options: LinesOptions): (line: Line) => void {
  const waiting = options.waiting ?? 2 ** 20;
  let dropped = 0;
  let closed = false;
  out.on('error', (error: NodeJS.ErrnoException) => {
    if (closed) return;
    closed = true;
    options.onClosed?.(error);
  });
  return (line) => {
    if (closed) return;
    if (out.writableLength > waiting) {
      dropped += 1;
      return;
    }
    if (dropped > 0) {
      out.write(formatLine(missingLine({ lines: dropped, why: 'nobody read them' }, line.time), options));
      dropped = 0;
    }
    out.write(formatLine(line, options));
  };
}
