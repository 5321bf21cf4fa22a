import { atMost } from './bounds.ts';
import { newestReading } from './readings.ts';
import { type SavedSeries, Series } from './series.ts';
import { type Beside, History, type SavedHistory } from './trend/history.ts';
import { runOf } from './trend/run-record.ts';
import { type Build, noteRun, type Services } from './trend/services.ts';
import type { HistoryWant, ProcessInfo, ProcessSample, SeriesWant, TargetView } from './types.ts';

/** A target in a snapshot, as far as its histories care. */
export interface Followed extends TargetView {
  /** All its members are new: what was measured before belongs to another life. */
  readonly reborn: boolean;
  /** An uptime at which a bucket begins, ms. */
  readonly phase: number;
  /** Its oldest member. */
  readonly eldest: ProcessInfo | undefined;
  /** Asked only when a run has ended. */
  service(): Service;
}

/** Whose runs they are, and where runs that have ended are remembered. */
export interface Service {
  readonly key: string;
  readonly services: Services;
}

/** `Histories` as plain data, in the order of the wants. */
export interface SavedHistories {
  /** Uptime of the newest reading in them, ms. */
  readonly newest: number;
  readonly series: readonly (SavedSeries | undefined)[];
  readonly levels: readonly (SavedHistory | undefined)[];
}

/** The histories that a condition wants of one target, in the order in which it wants them. Hot. */
export class Histories {
  readonly #kept: (Series | History | undefined)[];
  /** When the newest reading was taken that stands in them, ms. */
  #newest = Number.NEGATIVE_INFINITY;
  /** Up to this uptime, ms, they come from what was stored before their rule was there. */
  recalled: number | undefined;
  /** Whether somebody was read anew in the snapshot at hand. */
  #fresh = false;

  /** @param count how many histories the condition wants. */
  constructor(count: number) {
    // An array that begins empty makes room for seventeen with its first element.
    this.#kept = new Array(count).fill(undefined);
  }

  /** Moves them on by one snapshot. A figure that nobody read anew is no new point: the last one would be said twice. */
  push(target: Followed, wants: readonly SeriesWant[]): void {
    const newest = newestReading(target.members, target.snapshot.uptime);
    this.#fresh = newest > this.#newest;
    this.#newest = newest;
    for (let index = 0; index < wants.length; index += 1) {
      const want = wants[index];
      if (want === undefined) continue;
      if (keepsLevels(want)) this.#moveLevelsOn(want, index, target);
      else this.#moveOn(want, index, target);
    }
  }

  #moveOn(want: SeriesWant, index: number, target: Followed): void {
    const series = this.at(index, want, target.phase);
    if (want.keep === undefined && target.reborn) series.clear();
    if (this.#fresh || want.every === undefined) note(target, want, series);
  }

  #moveLevelsOn(want: HistoryWant, index: number, target: Followed): void {
    if (want.seldom && !this.#kept[index] && want.value(target) === undefined) return;
    const { phase } = target;
    const history = this.levelsAt(index, want, phase);
    const build = this.#fresh ? buildOf(history, want, target) : undefined;
    if (target.reborn || isReplaced(history, build)) {
      endRun(history, index, target.service());
      history.restart(phase);
    }
    if (!this.#fresh && want.every !== undefined) return;
    history.build = build ?? history.build;
    see(target, want, history);
  }

  /** The target is gone: so much for the runs that went on. */
  end(service: Service): void {
    for (const [index, kept] of this.#kept.entries()) if (kept instanceof History) endRun(kept, index, service);
  }

  /** Uptime of the newest reading that stands in them, ms. */
  get newest(): number {
    return this.#newest;
  }

  /** Uptime at which the oldest of them begins, ms; undefined where nothing stands in them. */
  get oldest(): number | undefined {
    const all = this.#kept.flatMap((one) => (one && sinceOf(one)) ?? []);
    return all.length > 0 ? Math.min(...all) : undefined;
  }

  /** Plain data, from which `restore` makes the same again. Where nothing was seen yet, it is settled when buckets begin. */
  save(): SavedHistories {
    const series = this.#kept.map((one) => (one instanceof Series ? one.save() : undefined));
    const levels = this.#kept.map((one) => (one instanceof History ? one.save() : undefined));
    return { newest: this.#newest, series, levels };
  }

  /** Takes over what was saved of the same wants, of the same boot. What was kept in another way is begun anew. */
  restore({ newest, series, levels }: SavedHistories, wants: readonly SeriesWant[]): void {
    this.#newest = newest;
    for (const [index, want] of wants.entries()) {
      const ofSeries = series[index];
      const ofLevels = levels[index];
      if (keepsLevels(want)) {
        if (ofLevels) this.levelsAt(index, want, 0).restore(ofLevels);
      } else if (ofSeries) this.at(index, want, 0).restore(ofSeries);
    }
  }

  /** A want that the condition has not announced (below 0) gets an empty series each time. */
  at(index: number, want: SeriesWant, phase: number): Series {
    const known = this.#kept[index];
    if (known instanceof Series) return known;
    const made = new Series(want, phase);
    if (index >= 0) this.#kept[index] = made;
    return made;
  }

  /** The same for a want with `levels`. */
  levelsAt(index: number, want: HistoryWant, phase: number): History {
    const known = this.#kept[index];
    if (known instanceof History) return known;
    const made = new History(want.keep.levels, phase);
    if (index >= 0) this.#kept[index] = made;
    return made;
  }
}

/** Uptime at which a history begins, ms; undefined where nothing stands in it. */
function sinceOf(kept: Series | History): number | undefined {
  if (kept instanceof History) return kept.levels.since;
  return kept.length > 0 ? kept.at(0) : undefined;
}

/**
 * Whether a history of them is kept at all: most processes of a host are so small that nothing a condition looks for can have
 * happened to them, and are spared the readings.
 */
export function mayMatter(members: readonly ProcessSample[], wants: readonly SeriesWant[]): boolean {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < wants.length; i += 1) least = Math.min(least, wants[i]?.least ?? 0);
  let most = 0;
  for (let i = 0; i < members.length && most < least; i += 1) {
    const sample = members[i];
    if (sample) most += atMost(sample, 'rss') + (sample.exact?.swapPss ?? atMost(sample, 'swap'));
  }
  return most >= least;
}

/** Which build runs, as far as it is known: named once for each oldest member. */
function buildOf(history: History, { keep }: HistoryWant, { eldest }: Followed): string | undefined {
  if (keep.build === undefined || eldest === undefined) return undefined;
  if (eldest === history.eldest) return history.build;
  history.eldest = eldest;
  return keep.build(eldest);
}

/** Another build goes on where one was, without all processes having been replaced at once. */
function isReplaced({ build: before }: History, build: string | undefined): boolean {
  return build !== undefined && before !== undefined && build !== before;
}

/** What is remembered of the builds of a service, by the place of the want that tells them apart. */
export function buildsOf({ key, services }: Service, index: number): readonly Build[] {
  return services.get(`${key}\n${index}`) ?? [];
}

function endRun({ build, levels }: History, index: number, { key, services }: Service): void {
  if (build !== undefined) noteRun(services, { service: `${key}\n${index}`, build }, runOf(levels));
}

function note(target: TargetView, want: SeriesWant, series: Series): void {
  const value = want.value(target);
  if (value !== undefined) series.push(target.snapshot.uptime, value, want.guard?.(target) ?? Number.NaN);
}

function see(target: TargetView, want: HistoryWant, history: History): void {
  const value = want.value(target);
  if (value === undefined) return;
  want.keep.beside(target, BESIDE);
  history.push(target.snapshot.uptime, value, BESIDE);
}

/** Filled anew for every target. */
const BESIDE: Beside = { own: 0, resident: 0, crew: 0, cpu: 0, cpuAt: 0 };

function keepsLevels(want: SeriesWant): want is HistoryWant {
  return want.keep !== undefined && 'levels' in want.keep;
}
