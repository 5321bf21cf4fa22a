import type { Case, Desk } from './nouns.ts';
import { type SavedCase, type SavedGathering, saveCase, saveGathering } from './saved.ts';
import type { Silence } from './silence.ts';

/** What has changed on a desk since it was kept last. */
export interface DeskChange {
  /** Nothing of what was kept before counts any more. */
  readonly whole: boolean;
  readonly cases: readonly SavedCase[];
  /** Alerts whose case is closed. */
  readonly closed: readonly string[];
  readonly gatherings: readonly SavedGathering[];
  /** Keys of gatherings that are no more. */
  readonly dissolved: readonly string[];
  readonly silences?: readonly Silence[];
}

/** All that a case was when it was kept: the parts are never changed in place, so that they are compared as they are. */
type Stand = readonly unknown[];

/** Keeps a desk by what changes: with ten thousand alerts all of it is many megabytes, and at most moments nothing is new. */
export class KeptDesk {
  #cases: ReadonlyMap<string, Stand> = new Map();
  #gatherings: ReadonlyMap<string, string> = new Map();
  #silences = '';
  #whole = true;

  /** Writes what has changed, where anything has; what throws is written with the next change. */
  keep(desk: Desk, write: (change: DeskChange) => void): void {
    const cases = new Map([...desk.cases].map(([alert, one]) => [alert, this.#standOf(alert, one)]));
    const gatherings = new Map([...desk.gatherings].map(([key, { id, changes }]) => [key, `${id} ${changes}`]));
    const silences = JSON.stringify([...desk.silences.values()]);
    const change = this.#changeTo(desk, { cases, gatherings, silences });
    if (change !== undefined) write(change);
    this.#cases = cases;
    this.#gatherings = gatherings;
    this.#silences = silences;
    this.#whole = false;
  }

  /** What was kept may be lost: all of it is written next. */
  forget(): void {
    this.#cases = new Map();
    this.#gatherings = new Map();
    this.#silences = '';
    this.#whole = true;
  }

  #changeTo(
    desk: Desk,
    now: { cases: ReadonlyMap<string, Stand>; gatherings: ReadonlyMap<string, string>; silences: string },
  ): DeskChange | undefined {
    const changed = [...desk.cases].filter(([alert]) => now.cases.get(alert) !== this.#cases.get(alert));
    const moved = [...desk.gatherings].filter(([key]) => now.gatherings.get(key) !== this.#gatherings.get(key));
    const closed = [...this.#cases.keys()].filter((alert) => !now.cases.has(alert));
    const dissolved = [...this.#gatherings.keys()].filter((key) => !now.gatherings.has(key));
    const silenced = now.silences !== this.#silences;
    if (!this.#whole && !silenced && changed.length + moved.length + closed.length + dissolved.length === 0)
      return undefined;
    return {
      whole: this.#whole,
      cases: changed.map(([, one]) => saveCase(one)),
      gatherings: moved.map(([, gathering]) => saveGathering(gathering, desk)),
      ...{ closed, dissolved },
      ...(silenced && { silences: [...desk.silences.values()] }),
    };
  }

  /** The one that is known, where nothing has changed. */
  #standOf(alert: string, one: Case): Stand {
    const { rule, event, openedAt, reminder, over, mute, held, ack, storm, rests, told } = one;
    const known = this.#cases.get(alert);
    const steps = [...told].join('\n');
    const stand = [rule.key, event, openedAt, reminder, over, mute?.why, held, ack, storm, rests, steps];
    return known?.every((part, index) => part === stand[index]) ? known : stand;
  }
}
