import { messageOf } from '../../core/errors.ts';
import type { OutboxStore } from '../../core/outbox/types.ts';

/** Keeps nothing: what is on its way ends with the program. */
export const NO_STORE: OutboxStore = {
  load: () => ({ entries: [], told: [] }),
  put: () => undefined,
  remove: () => undefined,
  tell: () => undefined,
  forget: () => undefined,
  together: (work) => work(),
};

/** A store that never throws. */
export interface SteadyStore extends OutboxStore {
  /** Whether what is written outlives the program. */
  readonly keeps: boolean;
}

/**
 * A store that never throws: a full disk must not keep a message from being sent. What it could not keep is in memory as
 * ever, and is said once, until it works again.
 */
export function steady(store: OutboxStore, report: (failing: boolean, message: string) => void): SteadyStore {
  let failing = false;
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      if (!failing) report(true, messageOf(error));
      failing = true;
    }
  };
  return {
    get keeps() {
      return store !== NO_STORE && !failing;
    },
    load() {
      let saved = NO_STORE.load();
      attempt(() => {
        saved = store.load();
      });
      return saved;
    },
    put: (entry, event) =>
      attempt(() => {
        store.put(entry, event);
        if (failing) report(false, '');
        failing = false;
      }),
    remove: (id) => attempt(() => store.remove(id)),
    tell: (told) => attempt(() => store.tell(told)),
    forget: (told) => attempt(() => store.forget(told)),
    together(work) {
      let done = false;
      const once = (): void => {
        if (!done) work();
        done = true;
      };
      attempt(() => store.together(once));
      once();
    },
  };
}
