/**
 * `npm run bench:detection [SERIES]`: how well psstop tells leaks from healthy processes, beside what others do, on so many held-out
 * series of each class (150 unless told otherwise). Prints a table. Exits with 1 when a mark is missed.
 */
import { forecast } from '../../../build/core/trend/forecast.js';
import { compareBuilds } from '../../../build/core/trend/generations.js';
import { findLeak, LOOK_EVERY } from '../../../build/core/trend/leak/judge.js';
import { lifeOf } from '../../../build/core/trend/leak/lives.js';
import { lookAt } from '../../../build/core/trend/leak/look.js';
import { windowsOf } from '../../../build/core/trend/leak/stretch.js';
import { Levels } from '../../../build/core/trend/levels.js';
import { normalQuantile } from '../../../build/core/trend/normal.js';
import { createPoints } from '../../../build/core/trend/points.js';
import { theilSen } from '../../../build/core/trend/slope.js';
import { bytesOfHistory, costOfSample } from './cost.mjs';
import { VARIANTS } from './detector.mjs';
import { byClass, LEFT, medianOfAll, runForecasts, summary } from './forecast.mjs';
import { CORRELATIONS, slopeCoverage } from './growth.mjs';
import { runBaselines, runPsstop, scoreOf, tune } from './leak.mjs';
import { atLeast, atMost, between, leakMarks } from './marks.mjs';
import { HOURS_LOOKED_AT, reachOfBare, reachOfTold } from './reach.mjs';
import { regressionRates } from './regression.mjs';

const count = Number(process.argv[2] ?? 150);
/**
 * Seeds that nothing was tuned on. When their figures have been looked at, and something is changed for them, they need
 * another name: held-out and held-out-2 to held-out-4 are for tuning now, as tuning is.
 */
const HELD_OUT = 'held-out-5';
const core = { Levels, findLeak, lifeOf, LOOK_EVERY };
/** What is only there to compare with needs fewer series. */
const fewer = Math.ceil(count / 5);

console.log(`leaks: ${count} held-out series of ten days of each class; baselines and variants ${fewer}`);
console.log(
  line('', ['P', 'R', 'F1', 'P dec.', 'false/day', '>=1 %/h 36 h', '0.1-0.3', '0.3-1', '1-3', '3-10', '10-30']),
);
const whole = runPsstop(core, { set: HELD_OUT, count });
show('psstop', whole);
// The same series as those of the rows below it: what a variant gives is the difference to this one.
show('psstop, those series', runPsstop(core, { set: HELD_OUT, count: fewer }));
for (const variant of Object.keys(VARIANTS).slice(1)) {
  show(variant, runPsstop(core, { set: HELD_OUT, count: fewer, variant }));
}
show('suspected', runPsstop(core, { set: HELD_OUT, count: fewer, suspected: true }));
showBaselines();
console.log('\nfalse alarms and leaks found, by class');
console.log([...whole.byClass].map(([name, { alarms, series }]) => `${name} ${alarms}/${series}`).join(', '));
showReach();
const grown = whole.growths.sort((a, b) => a - b);
console.log(`median growth in the window at the alarm: ${(100 * grown[grown.length >> 1]).toFixed(0)} %`);
const marks = [...leakMarks(whole), ...forecastMarks(), ...otherMarks()];
console.log('');
for (const { what, figure, mark, ok } of marks) {
  console.log(`${what.padEnd(70)} ${figure.padStart(10)}  ${mark.padEnd(10)} ${ok ? 'ok' : 'MISSED'}`);
}
process.exitCode = marks.every(({ ok }) => ok) ? 0 : 1;

/** Leaks of 1 %/h and more: what share of them is found within so many hours, beside what could be found at all. */
function showReach() {
  const told = reachOfTold(HELD_OUT, fewer);
  const bare = reachOfBare({ Levels, lookAt, windowsOf }, { set: HELD_OUT, count: fewer });
  const row = (name, share) =>
    console.log(
      `${name.padEnd(24)}${HOURS_LOOKED_AT.map((hours) => `${hours} h ${share(hours).toFixed(3)}`).join(', ')}`,
    );
  console.log('\nleaks of 1 %/h and more, found within');
  row('psstop', (hours) => whole.within({ from: 1, hours }).share);
  row('retained, no guards', (hours) => bare.found(hours));
  row('  healthy taken for one', (hours) => bare.false(hours));
  row('told the class', (hours) => told(hours));
}

function forecastMarks() {
  const deviate = normalQuantile(0.95);
  const results = runForecasts({ Levels, forecast }, { set: HELD_OUT, count, deviate });
  console.log(
    '\nforecasts: median error (and how often the 90 % interval held; how many were given), by the hours that were left',
  );
  for (const method of ['psstop', 'predict_linear 1 h', 'predict_linear 6 h', 'predict_linear 24 h']) {
    const cells = LEFT.map((left) => {
      const { median, covered, given, asked } = summary(results, method, left);
      const own = ` (${(100 * covered).toFixed(0)} %; ${given} of ${asked})`;
      return `${left} h ${(100 * median).toFixed(0)} %${method === 'psstop' ? own : ''}`;
    });
    console.log(`${method.padEnd(24)}${cells.join(', ')}`);
  }
  for (const left of LEFT) {
    const classes = byClass(results, left).map(({ name, median }) => `${name} ${(100 * median).toFixed(0)} %`);
    console.log(`  ${left} h left, by class: ${classes.join(', ')}`);
  }
  console.log(`  all of them together: ${(100 * medianOfAll(results)).toFixed(0)} %`);
  return LEFT.flatMap((left) => {
    const { median, covered } = summary(results, 'psstop', left);
    return [
      atMost(`forecast, ${left} h left: median error`, median, 0.25),
      between(`forecast, ${left} h left: the 90 % interval holds the truth`, covered, [0.85, 0.95]),
    ];
  });
}

function otherMarks() {
  const rates = regressionRates(compareBuilds, { set: HELD_OUT, count: 5000 });
  const deviate = normalQuantile(0.95);
  return [
    atMost('regression: false at 5 % spread between runs', rates.false, 0.01),
    atLeast('regression: power at +20 %, 8 old and 3 new runs', rates.power, 0.9),
    ...CORRELATIONS.map((correlation) =>
      between(
        `growth: the 90 % interval holds the slope, autocorrelation ${correlation}`,
        slopeCoverage({ theilSen, createPoints }, { set: HELD_OUT, count: 4000, correlation, deviate }),
        [0.85, 0.95],
      ),
    ),
    atMost('leak: CPU time of a sample, µs', costOfSample(core), 2),
    atMost('leak: bytes of a full history', bytesOfHistory(core), 10_240),
  ];
}

function showBaselines() {
  const tuning = runBaselines('tuning', fewer);
  const held = runBaselines(HELD_OUT, fewer);
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
