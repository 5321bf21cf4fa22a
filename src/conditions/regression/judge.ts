import { AGES, type Comparison } from '../../core/trend/generations.ts';
import { FINEST } from '../../core/trend/levels.ts';
import { runOf } from '../../core/trend/run-record.ts';
import { compareRun } from '../../core/trend/services.ts';
import type { Condition, HistoryWant, TargetView, Verdict } from '../../core/types.ts';
import { formatDuration, formatValue } from '../../core/units.ts';
import { retained } from '../history/sight.ts';
import type { BuildOf } from './build.ts';
import type { RegressionSettings } from './options.ts';

const HOUR = 3_600_000;

/** What was found at the last age at which runs are compared. Kept with the history, and gone with its run. */
interface Note {
  readonly ages: number;
  readonly comparison: Comparison | undefined;
}

type Settings = RegressionSettings & { readonly build: BuildOf };

/** Makes the condition: it begins to hold at an age at which runs are compared, and holds as long as the comparisons at later ages say so too. */
export function regressing(settings: Settings): Condition {
  const plain = retained(FINEST);
  const want: HistoryWant = { ...plain, keep: { ...plain.keep, build: settings.build } };
  return { wants: [want], test: (target) => test(settings, want, target) };
}

function test({ suspected, more }: Settings, want: HistoryWant, target: TargetView): Verdict | undefined {
  const comparison = compare(want, target);
  if (comparison === undefined) return undefined;
  const counts = comparison.verdict === 'regression' || (suspected && comparison.verdict === 'suspected');
  return {
    met: counts && comparison.more >= more,
    value: comparison.more,
    limit: more,
    unit: 'ratio',
    because: () => explain(comparison),
  };
}

/** Hot: asked of every target at every snapshot. */
function compare(want: HistoryWant, target: TargetView): Comparison | undefined {
  const history = target.history(want);
  const { build, levels } = history;
  if (build === undefined) return undefined;
  const seen = (levels.newest + 1) * levels.width;
  const ages = AGES.filter((age) => age * HOUR <= seen).length;
  const before = history.note as Note | undefined;
  if (before?.ages === ages) return before.comparison;
  const comparison = compareRun(target.builds(want), build, runOf(levels));
  const note: Note = { ages, comparison };
  history.note = note;
  return comparison;
}

function explain({ age, more, sure, verdict, old, recent }: Comparison): string {
  const difference = `${formatValue(Math.abs(more), 'ratio')} ${more < 0 ? 'less' : 'more'}`;
  const runs = recent === 1 ? 'this run of it' : `${recent} runs of it`;
  const found = `at the age of ${formatDuration(age * HOUR)} this build holds ${difference} than those before it (${runs} against ${old} of theirs)`;
  // No more than two digits are known of it.
  const certainty = `P ${Math.min(0.99, sure).toFixed(2)} that it is more than a build may hold`;
  return verdict === 'none' ? `no regression: ${found}, ${certainty}` : `${found}, ${certainty}`;
}
