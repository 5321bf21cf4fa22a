import type { History } from '../../core/trend/history.ts';
import type { Build } from '../../core/trend/services.ts';
import type {
  Bounds,
  ExactReading,
  HistoryWant,
  Measure,
  ProcessSample,
  SeriesView,
  SeriesWant,
  Snapshot,
  TargetView,
} from '../../core/types.ts';

/**
 * The target as a condition under `not` must see it. The rule fires while that condition does not hold, so that its
 * `clear` level is in force just when the rule is not firing. A class: made for every target at every snapshot.
 */
export class Inverted implements TargetView {
  readonly #target: TargetView;

  constructor(target: TargetView) {
    this.#target = target;
  }

  get key(): string {
    return this.#target.key;
  }

  get name(): string {
    return this.#target.name;
  }

  get members(): readonly ProcessSample[] {
    return this.#target.members;
  }

  get snapshot(): Snapshot {
    return this.#target.snapshot;
  }

  get firing(): boolean {
    return !this.#target.firing;
  }

  measure(measure: Measure): Bounds | undefined {
    return this.#target.measure(measure);
  }

  known(measure: Measure): number | undefined {
    return this.#target.known(measure);
  }

  recent(age: number): ExactReading | undefined {
    return this.#target.recent(age);
  }

  ceiling(): number {
    return this.#target.ceiling();
  }

  room(): number {
    return this.#target.room();
  }

  history(want: HistoryWant): History {
    return this.#target.history(want);
  }

  builds(want: HistoryWant): readonly Build[] {
    return this.#target.builds(want);
  }

  series(want: SeriesWant): SeriesView {
    return this.#target.series(want);
  }
}
