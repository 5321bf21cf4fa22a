import { messageOf } from '../core/errors.ts';
import type { AlertEvent, Evidence } from '../core/types.ts';
import type { Bus } from './bus.ts';

/** So many alerts are remembered; those of which nothing was kept for the longest time are forgotten first. */
const MOST_ALERTS = 200;
/** So many files of one alert are named: the first, which shows how it began, and the last ones. */
const MOST_FILES = 3;

/** Files by alert, the first one first. */
type Files = Readonly<Record<string, readonly string[]>>;

/** The evidence of all alerts, with what is needed to keep it. */
export interface EvidenceBook extends Evidence {
  /** Paths of what was kept for an alert so far. */
  of(alert: string): readonly string[];
  /** Takes over what an earlier run of the program kept, and keeps what comes by `keep`; what that throws is told. */
  restore(kept: Files, keep: (files: Files) => void): void;
}

/** Opens the book of what was kept as evidence, so that whoever hears of an alert later learns where it is. */
export function openEvidence(bus: Pick<Bus, 'notice'>): EvidenceBook {
  const book = new Map<string, readonly string[]>();
  let keep: (files: Files) => void = () => undefined;
  const known = (event: AlertEvent): AlertEvent => {
    const evidence = book.get(event.alert);
    return evidence === undefined ? event : { ...event, evidence };
  };
  return {
    of: (alert) => book.get(alert) ?? [],
    note(alert, file) {
      const [first = file, ...later] = [...(book.get(alert) ?? []), file];
      book.delete(alert);
      book.set(alert, [first, ...later.slice(1 - MOST_FILES)]);
      const [oldest] = book.keys();
      if (book.size > MOST_ALERTS && oldest !== undefined) book.delete(oldest);
      try {
        keep(Object.fromEntries(book));
      } catch (error) {
        const message = `where evidence is can't be kept over a restart: ${messageOf(error)}`;
        bus.notice({ kind: 'state', severity: 'warning', message });
      }
    },
    fill(event) {
      if (book.size === 0) return event;
      const { bundle } = event;
      return bundle ? { ...event, bundle: { ...bundle, alerts: bundle.alerts.map(known) } } : known(event);
    },
    restore(kept, keepBy) {
      for (const [alert, files] of Object.entries(kept)) book.set(alert, files);
      keep = keepBy;
    },
  };
}
