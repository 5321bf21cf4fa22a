/**
 * `npm run bench:detection [SERIES]`: how well psstop tells leaks from healthy processes, beside what others do, on so many held-out
 * series of each class (150 unless told otherwise). Prints a table. Exits with 1 when a mark is missed.
 */
import { findLeak, LOOK_EVERY } from '../../../dist/core/trend/leak/judge.js';
import { lifeOf } from '../../../dist/core/trend/leak/lives.js';
import { Levels } from '../../../dist/core/trend/levels.js';
import { VARIANTS } from './detector.mjs';
import { runBaselines, runPsstop, scoreOf, tune } from './leak.mjs';
import { leakMarks } from './marks.mjs';

const count = Number(process.argv[2] ?? 150);
const core = { Levels, findLeak, lifeOf, LOOK_EVERY };
/** What is only there to compare with needs fewer series. */
const fewer = Math.ceil(count / 5);

console.log(`leaks: ${count} held-out series of ten days of each class; baselines and variants ${fewer}`);
console.log(
  line('', ['P', 'R', 'F1', 'P dec.', 'false/day', '>=1 %/h 36 h', '0.1-0.3', '0.3-1', '1-3', '3-10', '10-30']),
);
const whole = runPsstop(core, { set: 'held-out', count });
show('psstop', whole);
for (const variant of Object.keys(VARIANTS).slice(1)) {
  show(variant, runPsstop(core, { set: 'held-out', count: fewer, variant }));
}
show('suspected', runPsstop(core, { set: 'held-out', count: fewer, suspected: true }));
showBaselines();
console.log('\nfalse alarms and leaks found, by class');
console.log([...whole.byClass].map(([name, { alarms, series }]) => `${name} ${alarms}/${series}`).join(', '));
const marks = leakMarks(whole, count);
for (const { what, figure, mark, ok } of marks) {
  console.log(`${what.padEnd(70)} ${figure.padStart(10)}  ${mark.padEnd(10)} ${ok ? 'ok' : 'MISSED'}`);
}
process.exitCode = marks.every(({ ok }) => ok) ? 0 : 1;

function showBaselines() {
  const tuning = runBaselines('tuning', fewer);
  const held = runBaselines('held-out', fewer);
  for (const name of new Set(held.map((run) => run.name))) {
    const usual = held.find((run) => run.name === name && run.first);
    show(name, scoreOf(usual, usual.usual));
    const best = tune(tuning.filter((run) => run.name === name));
    show(
      `${name}, tuned`,
      scoreOf(
        held.find((run) => run.name === name && run.choice === best.choice),
        best.threshold,
      ),
    );
  }
}

function show(name, score) {
  const rate = (from, to) => {
    const { median } = score.within({ from, to });
    return Number.isFinite(median) ? `${median.toFixed(0)} h` : 'never';
  };
  const figures = [score.precision, score.recall, score.f1, score.decidablePrecision].map((figure) =>
    figure.toFixed(3),
  );
  const fast = score.within({ from: 1, hours: 36 }).share.toFixed(3);
  const delays = [rate(0.1, 0.3), rate(0.3, 1), rate(1, 3), rate(3, 10), rate(10, 31)];
  console.log(line(name, [...figures, score.falsePerDay.toFixed(4), fast, ...delays]));
}

function line(name, figures) {
  return name.padEnd(24) + figures.map((figure) => figure.padStart(13)).join('');
}
