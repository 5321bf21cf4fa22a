import { IDLE } from './alert.ts';
import { leastOfMembers } from './bounds.ts';
import type { Track } from './curve.ts';
import { hasHeir, serviceOf } from './group.ts';
import { buildsOf, type Followed, Histories, mayMatter, type Service } from './histories.ts';
import { ramOf } from './measure.ts';
import type { Members } from './members.ts';
import { noHistory, noSeries } from './no-history.ts';
import { sumOfReadings } from './readings.ts';
import { measureTarget, type Standing } from './standing.ts';
import type { History } from './trend/history.ts';
import type { Build } from './trend/services.ts';
import type {
  AlertState,
  Bounds,
  Doubt,
  ExactReading,
  HistoryWant,
  Measure,
  ProcessInfo,
  ProcessSample,
  Rule,
  SeriesView,
  SeriesWant,
  Snapshot,
  Verdict,
} from './types.ts';

const NO_DOUBTS: readonly Doubt[] = [];

/** One target of one rule, kept over snapshots: its alert and its histories. Its members are those of its group. */
export class Target implements Followed {
  rule: Rule;
  group: Members;
  /** Start of the youngest member when last observed, ms after boot. */
  youngest = 0;
  alert: AlertState = IDLE;
  /** The condition's last answer, as long as there is something to tell of it: kept for all, it would fill the heap with what nobody reads. */
  verdict: Verdict | undefined;
  /** Whether the condition ever answered. */
  answered = false;
  dropped = false;
  /** Since when its condition can't be answered for want of a reading, and for want of which. */
  undecided: { readonly since: number; readonly doubts: readonly Doubt[] } | undefined;
  readonly #standing: Standing;
  /** Only where its condition wants any, and it may matter. */
  histories: Histories | undefined;
  /** Only while its alert is active, and where no history is shown. */
  track: Track | undefined;

  constructor(rule: Rule, group: Members, standing: Standing) {
    this.rule = rule;
    this.group = group;
    group.join();
    this.#standing = standing;
  }

  get key(): string {
    return this.group.key;
  }

  get name(): string {
    return this.group.name;
  }

  get snapshot(): Snapshot {
    return this.group.snapshot;
  }

  get members(): readonly ProcessSample[] {
    return this.group.members;
  }

  /** All members are new since it was last observed. */
  get reborn(): boolean {
    return this.group.haveAllComeAfter(this.youngest);
  }

  /** Histories are divided from when the oldest member started on. */
  get phase(): number {
    return this.group.oldest;
  }

  get eldest(): ProcessInfo | undefined {
    return this.group.eldest;
  }

  get firing(): boolean {
    return this.alert.phase === 'firing' || this.alert.phase === 'clearing';
  }

  /** The rules were read anew, and with them who is divided how: it goes on with the members of another group. */
  move(group: Members): void {
    group.join();
    this.group = group;
  }

  /** It is given up: whoever still holds it holds nothing of what it has kept. */
  release(): void {
    this.histories?.end(this.service());
    this.dropped = true;
    this.verdict = undefined;
    this.group.quit();
  }

  /** Everything was read that will be. @returns false when nobody is left. */
  settle(): boolean {
    this.group.settle();
    return !this.group.isEmpty || this.rule.when.wholeSelection === true;
  }

  /** Moves the histories on. */
  observe(): void {
    const { rule, group } = this;
    const { wants } = rule.when;
    if (wants.length > 0 && this.isFollowed()) this.histories?.push(this, wants);
    if (group.youngest > this.youngest) this.youngest = group.youngest;
  }

  /** Whether its histories are kept, and readings made for them: as soon as it may hold enough for its condition, and from then on. */
  isFollowed(): boolean {
    const { wants } = this.rule.when;
    this.histories ??= mayMatter(this.members, wants) ? new Histories(wants.length) : undefined;
    return this.histories !== undefined;
  }

  /** It is too small for its condition to say anything, as most processes of a host are. */
  isBlank(): boolean {
    return this.rule.when.needsHistory === true && !this.isFollowed();
  }

  /** True when everybody who was there at the firing has been replaced by younger processes. */
  isReplaced({ seen }: AlertState): boolean {
    return this.group.areYoungerThan(seen);
  }

  /** True when a process of the selection, of the same name and unit, that started since then (as a rule, since the alert was told; ms after boot) stands in the place of this target, which is gone: a sibling that was there all along does not. */
  hasSuccessor(snapshot: Snapshot, since: number = this.alert.seen): boolean {
    const last = this.members[0]?.process;
    return last !== undefined && hasHeir(last, { selector: this.rule.select, snapshot, since });
  }

  /** What must be known more exactly for its condition to answer. One that throws is reported where it is tested. */
  doubts(): readonly Doubt[] {
    try {
      return this.rule.when.doubts?.(this) ?? NO_DOUBTS;
    } catch {
      return NO_DOUBTS;
    }
  }

  /** What is wrong with its condition, where that has no answer and none is to be had. */
  fault(): string | undefined {
    try {
      return this.rule.when.fault?.(this);
    } catch {
      return undefined;
    }
  }

  measure(measure: Measure): Bounds | undefined {
    return measureTarget(measure, { members: this.members, snapshot: this.snapshot, standing: this.#standing });
  }

  known(measure: Measure): number | undefined {
    const seen = this.measure(measure);
    return seen !== undefined && seen.low === seen.high ? seen.low : undefined;
  }

  recent(age: number): ExactReading | undefined {
    return sumOfReadings(this.members, { uptime: this.snapshot.uptime, age });
  }

  ceiling(): number {
    return leastOfMembers(this.members, 'ceiling', ramOf(this.snapshot));
  }

  room(): number {
    return leastOfMembers(this.members, 'room', this.measure('available')?.low ?? Number.POSITIVE_INFINITY);
  }

  series(want: SeriesWant): SeriesView {
    return this.histories?.at(this.rule.when.wants.indexOf(want), want, this.phase) ?? noSeries(want);
  }

  history(want: HistoryWant): History {
    return this.histories?.levelsAt(this.rule.when.wants.indexOf(want), want, this.phase) ?? noHistory(want);
  }

  builds(want: HistoryWant): readonly Build[] {
    return buildsOf(this.service(), this.rule.when.wants.indexOf(want));
  }

  /** Whose run it is. */
  service(): Service {
    return { key: serviceOf(this.rule, this.key, this.members), services: this.#standing.services };
  }
}
