import { messageOf } from '../core/errors.ts';
import { emptyMemory, type Memory } from '../core/memory.ts';
import { freezeAlert, freezeClock, freezeHistories } from '../core/saved/freeze.ts';
import { thaw } from '../core/saved/thaw.ts';
import type { Place, SavedTarget, StateChange, StateStore } from '../core/saved/types.ts';
import { alertsIn, isKnown, isVacant, placeOf, sizeOf, withHistories } from '../core/saved/walk.ts';
import type { Target } from '../core/target.ts';
import { saveServices } from '../core/trend/services.ts';
import type { AlertState, Rule } from '../core/types.ts';

/** Histories are gone through again after so long, ms; a crash costs what came since. */
const ROUND = 60_000;
/** So many numbers of histories (8 bytes or 4) are kept with one snapshot at most: what is more waits for the next. */
const NUMBERS_AT_ONCE = 1_000;

/** What keeping a memory needs. */
export interface KeeperOptions {
  readonly store: StateStore;
  /** Told when it can't be kept, and when it can again: what others wrote in the same transactions is lost until they write it again. */
  report(failing: boolean, message: string): void;
}

/** What is to be kept of the histories with one snapshot. */
interface Portion {
  readonly targets: readonly News[];
  readonly gone: readonly Target[];
  /** All have been gone through. */
  readonly over: boolean;
}

type News = readonly [Target, SavedTarget];

/**
 * Keeps a memory while it is judged: alerts with the snapshot that changes them, histories one after the other. What can't
 * be written is written with a later snapshot; the watchdog goes on with what it remembers. A class, as it holds what is
 * known to stand in the store.
 */
export class Keeper {
  readonly #options: KeeperOptions;
  /** Alerts as they stand in the store. */
  #alerts: ReadonlyMap<Target, AlertState> = new Map();
  /** Targets whose histories do, with their newest reading. */
  readonly #targets = new Map<Target, number>();
  /** Histories in the store whose rule is no more. */
  #strays: Place[] = [];
  #walk: Iterator<Target> | undefined;
  /** Uptime at which the histories are gone through again, ms. */
  #next = 0;
  #failing = false;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** The memory of the program that ran before, for the rules in force now; an empty one where there was none. */
  restore(rules: readonly Rule[]): Memory {
    try {
      const saved = this.#options.store.load();
      if (saved === undefined) return emptyMemory();
      const memory = thaw({ ...saved, targets: this.#ofRules(saved.targets, rules) }, rules);
      for (const target of withHistories(memory)) this.#targets.set(target, Number.NEGATIVE_INFINITY);
      this.#alerts = alertsIn(memory);
      return memory;
    } catch (error) {
      this.#failed(error);
      return emptyMemory();
    }
  }

  *#ofRules(targets: Iterable<SavedTarget>, rules: readonly Rule[]): Generator<SavedTarget> {
    const keys = new Set(rules.map(({ key }) => key));
    for (const saved of targets) {
      if (keys.has(saved.rule)) yield saved;
      else this.#strays.push({ rule: saved.rule, target: saved.target });
    }
  }

  /** Runs what writes elsewhere in the same store, and keeps what a snapshot has changed with it. */
  keep(memory: Memory, work: () => void): void {
    const alerts = alertsIn(memory);
    const changed = [...alerts]
      .filter(([target, alert]) => this.#alerts.get(target) !== alert)
      .map(([target]) => target);
    const ended = [...this.#alerts.keys()].filter((target) => !alerts.has(target));
    const { targets, gone, over } = this.#portion(memory);
    const urgent = changed.length > 0 || ended.length > 0;
    // Timers run by the clock: while there are any it is kept with every snapshot, else with what there is to keep.
    if (!urgent && alerts.size === 0 && targets.length === 0 && !over) {
      work();
      return;
    }
    const change = {
      clock: freezeClock(memory),
      alerts: changed.map(freezeAlert),
      ended: ended.map(placeOf),
      targets: targets.map(([, saved]) => saved),
      gone: this.#vacated(memory, gone),
      ...(over && { services: saveServices(memory.standing.services) }),
      urgent,
    };
    if (!this.#save(change, work)) return;
    this.#alerts = alerts;
    this.#note({ targets, gone, over });
  }

  /** Keeps everything: the program ends. */
  end(memory: Memory): void {
    if (memory.boot === '') return;
    const alerts = alertsIn(memory);
    const targets = [...withHistories(memory)].flatMap((target) => this.#news(target));
    const ended = [...this.#alerts.keys()].filter((target) => !alerts.has(target));
    const change = {
      clock: freezeClock(memory),
      alerts: [...alerts.keys()].map(freezeAlert),
      ended: ended.map(placeOf),
      targets: targets.map(([, saved]) => saved),
      gone: this.#vacated(memory, this.#gone(memory)),
      services: saveServices(memory.standing.services),
      urgent: true,
    };
    this.#save(change, () => undefined);
  }

  /** The next few histories that have changed, and at the end of a round those that are no more. */
  #portion(memory: Memory): Portion {
    if (this.#walk === undefined && memory.uptime < this.#next) return { targets: [], gone: [], over: false };
    if (this.#walk === undefined) this.#next = memory.uptime + ROUND;
    this.#walk ??= withHistories(memory);
    const targets: News[] = [];
    let room = NUMBERS_AT_ONCE;
    while (room > 0) {
      const { value: target, done } = this.#walk.next();
      if (done) {
        this.#walk = undefined;
        return { targets, gone: this.#gone(memory), over: true };
      }
      for (const news of isKnown(memory, target) ? this.#news(target) : []) {
        targets.push(news);
        room -= sizeOf(news[1]);
      }
    }
    return { targets, gone: [], over: false };
  }

  #gone(memory: Memory): Target[] {
    return [...this.#targets.keys()].filter((known) => !isKnown(memory, known));
  }

  /** What may be forgotten: where nobody else has the place meanwhile, and what belongs to no rule any more. */
  #vacated(memory: Memory, gone: readonly Target[]): Place[] {
    return [...gone.filter((target) => isVacant(memory, target)).map(placeOf), ...this.#strays];
  }

  /** Nothing where nobody was read since it was kept. */
  #news(target: Target): News[] {
    if (target.histories?.newest === this.#targets.get(target)) return [];
    const saved = freezeHistories(target);
    return saved ? [[target, saved]] : [];
  }

  #note({ targets, gone, over }: Portion): void {
    for (const [target, { histories }] of targets) this.#targets.set(target, histories.newest);
    for (const target of gone) this.#targets.delete(target);
    if (over) this.#strays = [];
  }

  /** @returns whether it was kept. `work` is done in any case. */
  #save(change: StateChange, work: () => void): boolean {
    let done = false;
    let fault: { readonly error: unknown } | undefined;
    const once = (): void => {
      if (done) return;
      done = true;
      try {
        work();
      } catch (error) {
        fault = { error };
      }
    };
    try {
      this.#options.store.save(change, once);
      const again = this.#failing;
      this.#failing = false;
      if (again) this.#options.report(false, 'state is kept again');
    } catch (error) {
      this.#failed(error);
    }
    once();
    if (fault) throw fault.error;
    return !this.#failing;
  }

  #failed(error: unknown): void {
    if (!this.#failing) this.#options.report(true, messageOf(error));
    this.#failing = true;
  }
}
