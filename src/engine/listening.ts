import { concerns, endOf, type Listener, noticeEvent } from '../core/listener.ts';
import type { AlertEvent, Notice, Rule, Sink } from '../core/types.ts';

/** What is needed to tell listeners. */
export interface ListeningOptions {
  readonly listeners: readonly Listener[];
  readonly host: string;
  /** Carries an event to the steps of a rule. */
  handle(event: AlertEvent, rule: Rule): void;
  /** ms since boot. */
  uptime(): number;
}

/** The same message is told again after this many ms. */
const AGAIN = 600_000;
/** A listener is told so many notices in each so many ms: that telling him fails is a notice, too. */
const AT_MOST = 30;
const PER = 3_600_000;
/** A notice is a moment; who keeps it up, as Alertmanager does, does so for this many ms. */
const LASTS = 300_000;

/** A sink that hands notices to the steps of those who listen. Closing it ends what is kept up, and nothing is heard any more. */
export function listening(options: ListeningOptions): Sink {
  const ears = options.listeners.map((listener) => ear(listener, options));
  let closed = false;
  return {
    event: (event) => {
      if (event.type === 'notice' && !closed) for (const { hear } of ears) hear(event);
    },
    close: () => {
      closed = true;
      for (const { close } of ears) close();
    },
  };
}

function ear(
  listener: Listener,
  { host, handle, uptime }: ListeningOptions,
): { hear(notice: Notice): void; close(): void } {
  const { rule } = listener;
  /** When each message was told last, and when any was, Unix ms. */
  const told = new Map<string, number>();
  const ends = new Map<() => void, NodeJS.Timeout>();
  let untold = 0;

  function mayTell({ kind, message, time }: Notice): boolean {
    for (const [known, at] of told) if (time - at >= PER) told.delete(known);
    const key = `${kind} ${message}`;
    if (time - (told.get(key) ?? Number.NEGATIVE_INFINITY) < AGAIN || told.size >= AT_MOST) return false;
    told.set(key, time);
    return true;
  }

  function endLater(event: AlertEvent): void {
    const end = (): void => {
      clearTimeout(ends.get(end));
      ends.delete(end);
      handle(endOf(event, Date.now()), rule);
    };
    ends.set(end, setTimeout(end, LASTS).unref());
  }

  return {
    hear(notice) {
      if (!concerns(listener, notice)) return;
      if (!mayTell(notice)) {
        untold += 1;
        return;
      }
      const event = noticeEvent(notice, listener, { host, uptime: uptime(), untold });
      untold = 0;
      handle(event, rule);
      endLater(event);
    },
    close() {
      for (const end of [...ends.keys()]) end();
    },
  };
}
