import { messageOf } from '../core/errors.ts';
import type { Delivery, Event, Notice, Sink, Snapshot } from '../core/types.ts';

/** Hands everything that happens to all sinks. */
export interface Bus {
  snapshot(snapshot: Snapshot): void;
  event(event: Event): void;
  delivery(delivery: Delivery): void;
  /** Tells of something that happened to psstop itself. */
  notice(notice: Omit<Notice, 'type' | 'time'>): void;
  /** Hands on what is said during the work when it is over: what must be written first is written then. */
  hold(work: () => void): void;
  reopen(): void;
  close(): Promise<void>;
}

/** Makes a bus. A sink that throws is reported once to the others, until it works again, and stops nobody. */
export function createBus(sinks: readonly Sink[], now: () => number = Date.now): Bus {
  const failing = {
    snapshot: new Set<Sink>(),
    event: new Set<Sink>(),
    delivery: new Set<Sink>(),
    reopen: new Set<Sink>(),
  };
  let held: (() => void)[] | undefined;
  const each = (kind: keyof typeof failing, call: (sink: Sink) => void): void => {
    if (held !== undefined) {
      held.push(() => each(kind, call));
      return;
    }
    for (const sink of sinks) {
      try {
        call(sink);
        failing[kind].delete(sink);
      } catch (error) {
        if (failing[kind].has(sink)) continue;
        failing[kind].add(sink);
        bus.notice({ kind: 'sink-failed', severity: 'warning', message: `a sink failed: ${messageOf(error)}` });
      }
    }
  };
  const bus: Bus = {
    snapshot: (snapshot) => each('snapshot', (sink) => sink.snapshot?.(snapshot)),
    event: (event) => each('event', (sink) => sink.event?.(event)),
    delivery: (delivery) => each('delivery', (sink) => sink.delivery?.(delivery)),
    notice: (notice) => bus.event({ type: 'notice', time: now(), ...notice }),
    hold(work) {
      const said: (() => void)[] = [];
      held = said;
      try {
        work();
      } finally {
        held = undefined;
        for (const say of said) say();
      }
    },
    reopen: () => each('reopen', (sink) => sink.reopen?.()),
    close: async () => {
      await Promise.allSettled(sinks.map(async (sink) => sink.close?.()));
    },
  };
  return bus;
}
