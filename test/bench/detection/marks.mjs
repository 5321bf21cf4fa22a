/** Classes in which not one alarm is forgiven. */
const QUIET = ['flat', 'sawtooth', 'warm-up', 'daily', 'burst', 'restart', 'sibling-exit'];

/** The marks of leak detection. */
export function leakMarks(score) {
  const quiet = QUIET.reduce((sum, name) => sum + (score.byClass.get(name)?.alarms ?? 0), 0);
  return [
    atLeast('leak, all classes: precision', score.precision, 0.93),
    atLeast('leak, all classes: recall', score.recall, 0.94),
    atLeast('leak, decidable classes: precision', score.decidablePrecision, 0.985),
    atLeast('leak, decidable classes: recall', score.recall, 0.95),
    atMost(`leak: false alarms in ${QUIET.join(', ')}`, quiet, 0),
    atLeast('leak, 1 %/h and more: recall within 36 h', score.within({ from: 1, hours: 36 }).share, 0.99),
    atMost('leak, decidable classes: false alarms per process-day', score.falsePerDay, 0.002),
  ];
}

/** A figure that must reach a mark. */
export function atLeast(what, figure, mark) {
  return { what, figure: figure.toFixed(4), mark: `>= ${mark}`, ok: figure >= mark };
}

/** A figure that may not pass a mark. */
export function atMost(what, figure, mark) {
  return { what, figure: figure.toFixed(4), mark: `<= ${mark}`, ok: figure <= mark };
}

/** A figure that must lie between two marks. */
export function between(what, figure, [low, high]) {
  return { what, figure: figure.toFixed(4), mark: `${low}-${high}`, ok: figure >= low && figure <= high };
}
