import type { OutboxEntry, OutboxStore, Told } from '../../../src/core/outbox/types.ts';
import type { AlertEvent } from '../../../src/core/types.ts';

/** A store that stays when the dispatcher is gone. It keeps text, as a disk would. */
export function disk(): OutboxStore & { full: boolean; entries(): OutboxEntry[] } {
  const entries = new Map<number, string>();
  const told = new Map<string, string>();
  const key = ({ alert, rule, step }: Told): string => [alert, rule, step].join();
  const store = {
    full: false,
    entries: () => [...entries.values()].map((text) => JSON.parse(text).entry as OutboxEntry),
    load: () => ({
      entries: [...entries.values()].map((text) => JSON.parse(text) as { entry: OutboxEntry; event: AlertEvent }),
      told: [...told.values()].map((text) => JSON.parse(text) as Told),
    }),
    put(entry: OutboxEntry, event: AlertEvent) {
      if (store.full) throw new Error('database or disk is full');
      entries.set(entry.id, JSON.stringify({ entry, event }));
    },
    remove: (id: number) => void entries.delete(id),
    tell: (one: Told) => void told.set(key(one), JSON.stringify(one)),
    forget: (one: Told) => void told.delete(key(one)),
    together: (work: () => void) => work(),
  };
  return store;
}
