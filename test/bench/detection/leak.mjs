import { BASELINES, LifeSoFar } from './baselines.mjs';
import { detect, VARIANTS } from './detector.mjs';
import { Heights, Score } from './score.mjs';
import { CLASSES, makeSeries, POINTS, STEP } from './series.mjs';

/** Every series of a set, one after the other. */
export function forEachSeries(set, count, use) {
  for (const kind of CLASSES)
    for (let number = 0; number < count; number += 1) use(makeSeries(kind, set, number), number);
}

/** Baselines on a set: for each and each of its choices, the heights of its score in every series. */
export function runBaselines(set, count) {
  const runs = BASELINES.flatMap(({ name, usual, score, choices }) =>
    choices.map((choice, index) => ({ name, usual, score, choice, first: index === 0, seen: [] })),
  );
  const life = new LifeSoFar(POINTS);
  forEachSeries(set, count, (series) => {
    const heights = runs.map(() => new Heights());
    follow(series, life, (time) => {
      for (const [index, run] of runs.entries()) heights[index].add(time, run.score(life, run.choice));
    });
    const { columns, ...facts } = series;
    for (const [index, run] of runs.entries()) run.seen.push({ facts, heights: heights[index] });
  });
  return runs;
}

function follow({ columns, ceiling }, life, look) {
  let born = Number.NaN;
  for (let index = 0; index < POINTS; index += 1) {
    if (Number.isNaN(columns.born[index])) continue;
    if (columns.born[index] !== born) {
      born = columns.born[index];
      life.begin(ceiling);
    }
    life.add(columns.memory[index]);
    if (life.count % 30 !== 0) continue;
    life.noteChange();
    look((index + 1) * STEP);
  }
}

/** What a run of a baseline comes to at a threshold. */
export function scoreOf(run, threshold) {
  const score = new Score();
  for (const { facts, heights } of run.seen) score.add(facts, heights.alarm(threshold));
  return score;
}

/** The choice and the threshold with the best F1 on a set. */
export function tune(runs) {
  let best;
  for (const run of runs) {
    const scores = run.seen.flatMap(({ heights }) => heights.list.map(({ score }) => score)).sort((a, b) => a - b);
    for (let step = 0; step < 100; step += 1) {
      const threshold = scores[Math.floor((scores.length * step) / 100)];
      const { f1 } = scoreOf(run, threshold);
      if (best === undefined || f1 > best.f1) best = { choice: run.choice, threshold, f1 };
    }
  }
  return best;
}

/** psstop on a set: its score, whole or with something left out. `suspected` counts the milder verdict as an alarm. */
export function runPsstop(core, { set, count, variant = 'psstop', suspected = false }) {
  const score = new Score();
  forEachSeries(set, count, (series) => {
    const result = detect(core, series, VARIANTS[variant]);
    const look = result.found?.look;
    const grown = look && look.grown / look.level;
    score.add(series, suspected ? result.suspected : result.time, grown);
  });
  return score;
}
