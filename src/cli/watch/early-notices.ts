import type { Sink } from '../../core/types.ts';
import type { Bus } from '../../engine/bus.ts';
import type { Tell } from './state.ts';

/** Keeps what is found before anybody listens. */
export interface EarlyNotices {
  readonly tell: Tell;
  /** Says what was kept. */
  release(): void;
}

/** Passes notices on to the bus as soon as it has sinks. */
export function earlyNotices(bus: Pick<Bus, 'notice'>, sinks: readonly Sink[]): EarlyNotices {
  const kept: Parameters<Tell>[0][] = [];
  return {
    tell: (notice) => void (sinks.length > 0 ? bus.notice(notice) : kept.push(notice)),
    release: () => {
      for (const notice of kept.splice(0)) bus.notice(notice);
    },
  };
}
