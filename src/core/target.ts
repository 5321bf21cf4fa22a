import { IDLE } from './alert.ts';
import type { Group } from './group.ts';
import { exactly, knownOfMembers, MEMBER_MEASURES, measureHost, measureMembers, oldestAge } from './measure.ts';
import { Series } from './series.ts';
import type {
  AlertState,
  Bounds,
  Measure,
  ProcessSample,
  Rule,
  SeriesView,
  SeriesWant,
  Snapshot,
  TargetView,
  Verdict,
} from './types.ts';

/** Never written to. */
const NOBODY: ProcessSample[] = [];
const NO_SERIES: (Series | undefined)[] = [];
/** What a target that is gone refers to. */
const NEVER: Snapshot = {
  time: 0,
  uptime: 0,
  boot: '',
  host: '',
  memory: { total: 0, available: 0, anon: 0, mapped: 0, swapTotal: 0, swapFree: 0 },
  processes: [],
  gone: 0,
  cost: { exact: 0, wall: 0, longest: 0, cpu: 0 },
};

/** One target of one rule, kept over snapshots: its alert, its histories, and its members in the snapshot at hand. */
export class Target implements TargetView {
  rule: Rule;
  readonly key: string;
  readonly name: string;
  /** The snapshot it was last seen in; `members` are those it had then. */
  snapshot: Snapshot;
  members: ProcessSample[] = NOBODY;
  alert: AlertState = IDLE;
  /** The condition's last answer, as long as there is something to tell of it: kept for all, it would fill the heap with what nobody reads. */
  verdict: Verdict | undefined;
  /** Whether the condition ever answered. */
  answered = false;
  dropped = false;
  /** Members added so far in this snapshot; the array may still hold more, of the last one. */
  #count = 0;
  /** Starts of the oldest and of the youngest of them, ms after boot. */
  #first = Number.POSITIVE_INFINITY;
  #last = 0;
  /** Start of the youngest member when last observed, ms after boot. */
  #youngest = 0;
  /** Whoever started after this, ms after boot, came after the alert. */
  #alertedAt = 0;
  /** In the order of what the condition wants. */
  #series: (Series | undefined)[] = NO_SERIES;

  constructor(rule: Rule, group: Group, snapshot: Snapshot) {
    this.rule = rule;
    this.key = group.key;
    this.name = group.name;
    this.snapshot = snapshot;
  }

  get firing(): boolean {
    return this.alert.phase === 'firing' || this.alert.phase === 'clearing';
  }

  /** Starts a snapshot; the members are added next. */
  begin(snapshot: Snapshot): void {
    this.snapshot = snapshot;
    this.#count = 0;
    this.#first = Number.POSITIVE_INFINITY;
    this.#last = 0;
  }

  /**
   * Lets go of everything once it is dropped. Else whoever still holds an old snapshot would hold all later ones: its processes
   * lead to their targets, and those to the snapshots in which they were last seen.
   */
  release(): void {
    this.dropped = true;
    this.snapshot = NEVER;
    this.members = NOBODY;
    this.verdict = undefined;
  }

  /** Adds a member. Hot: the array is filled anew, since an emptied one would be allocated again. */
  add(sample: ProcessSample): void {
    const { startedAt } = sample.process;
    if (this.#count < this.members.length) this.members[this.#count] = sample;
    // Most targets have one member, and room for more would be the bulk of what they take.
    else if (this.#count === 0) this.members = [sample];
    else this.members.push(sample);
    this.#count += 1;
    if (startedAt < this.#first) this.#first = startedAt;
    if (startedAt > this.#last) this.#last = startedAt;
  }

  /** Moves the histories on, once all members are there. */
  observe(): void {
    if (this.members.length > this.#count) this.members.length = this.#count;
    const { wants } = this.rule.when;
    if (wants.length > 0) this.#push(wants);
    if (this.#last > this.#youngest) this.#youngest = this.#last;
  }

  /** Goes over to the same rule of a reloaded set: the histories that its condition wants are the old ones, in their order. */
  moveTo(rule: Rule): Target {
    this.rule = rule;
    return this;
  }

  /** Remembers when the alert began, and when it fired. A member may have started while the snapshot was taken. */
  noteAlert(): void {
    this.#alertedAt = Math.max(this.snapshot.uptime, this.#youngest);
  }

  /** True when everybody who was there at the firing has been replaced by younger processes. */
  isReplaced(): boolean {
    return this.#count > 0 && this.#first > this.#alertedAt;
  }

  /**
   * True when a process of the same name and unit that started since the alert did stands in the place of this target,
   * which is gone: a sibling that was there all along does not.
   */
  hasSuccessor(processes: readonly ProcessSample[]): boolean {
    const last = this.members[0]?.process;
    if (last === undefined) return false;
    return processes.some(
      ({ process }) => process.startedAt > this.#alertedAt && process.name === last.name && process.unit === last.unit,
    );
  }

  measure(measure: Measure): Bounds | undefined {
    switch (measure) {
      case 'count':
        return exactly(this.members.length);
      case 'age':
        return exactly(oldestAge(this.members, this.snapshot.uptime));
      case 'available':
      case 'total':
      case 'unaccounted':
      case 'coverage':
        return measureHost(this.snapshot, measure);
      default:
        return measureMembers(this.members, measure);
    }
  }

  known(measure: Measure): number | undefined {
    if (MEMBER_MEASURES.has(measure)) return knownOfMembers(this.members, measure);
    const seen = this.measure(measure);
    return seen !== undefined && seen.low === seen.high ? seen.low : undefined;
  }

  ceiling(): number {
    let ceiling = this.snapshot.memory.total;
    for (const member of this.members) ceiling = Math.min(ceiling, member.ceiling ?? ceiling);
    return ceiling;
  }

  series(want: SeriesWant): SeriesView {
    return this.#seriesAt(this.rule.when.wants.indexOf(want), want);
  }

  #push(wants: readonly SeriesWant[]): void {
    // When all members are new, what was measured before belongs to another life.
    const reborn = this.#first > this.#youngest;
    for (let index = 0; index < wants.length; index += 1) {
      const want = wants[index];
      if (want === undefined) continue;
      const series = this.#seriesAt(index, want);
      if (reborn && want.keep === undefined) series.clear();
      const value = want.value(this);
      if (value !== undefined) series.push(this.snapshot.uptime, value, want.guard?.(this) ?? Number.NaN);
    }
  }

  /** A want that the condition has not announced gets an empty series each time. */
  #seriesAt(index: number, want: SeriesWant): Series {
    const known = this.#series[index];
    if (known) return known;
    const made = new Series(want, this.#count > 0 ? this.#first : 0);
    if (index < 0) return made;
    if (this.#series === NO_SERIES) this.#series = [];
    this.#series[index] = made;
    return made;
  }
}
