import { CLASSES, makeSeries, POINTS, STEP } from './series.mjs';

const HOUR = 3_600_000;

/** How much time was left when the forecast was asked for, hours. */
export const LEFT = [1, 3, 8, 24, 72];

/** Leaks that go on as they do: of the others nobody can tell when they will end. */
const KINDS = [
  'leak',
  'leak-sawtooth',
  'leak-warm-up',
  'leak-daily',
  'leak-old-generation',
  'leak-per-request',
  'leak-stairs',
  'leak-bursts',
];

/** prometheus: predict_linear over so many hours, as the time to the limit. */
const LINEAR = [1, 6, 24];

/**
 * Asks at each time before the ceiling was reached. The ceiling is what was held at a random moment of the first life.
 * @returns for each method and time left: relative errors; and for psstop whether its interval held the truth.
 */
export function runForecasts({ Levels, forecast }, { set, count, deviate }) {
  const results = new Map();
  for (const kind of CLASSES.filter(({ name }) => KINDS.includes(name))) {
    for (let number = 0; number < count; number += 1) {
      const series = makeSeries(kind, set, number);
      const crossing = ceilingOf(series, number);
      if (crossing) askBefore(series, crossing, { Levels, forecast, deviate, results });
    }
  }
  return results;
}

/** A moment of the first life at which no earlier one held as much. */
function ceilingOf({ columns: { most, born } }, number) {
  let end = 0;
  while (end < POINTS && born[end] === born[0]) end += 1;
  const at = Math.floor(end * (0.35 + 0.6 * ((number * 0.618) % 1)));
  let ceiling = 0;
  for (let index = 0; index < at; index += 1) ceiling = Math.max(ceiling, most[index]);
  let index = at;
  while (index < end && most[index] <= ceiling * 1.0001) index += 1;
  return index < end ? { ceiling: most[index], index } : undefined;
}

function askBefore({ columns, name }, { ceiling, index: end }, { Levels, forecast, deviate, results }) {
  const levels = new Levels();
  const sight = { held: 0, own: 0, resident: 0, work: Number.NaN, crew: Number.NaN };
  const moments = new Map(LEFT.map((left) => [end - Math.round(left / STEP), left]));
  for (let index = 0; index < end; index += 1) {
    const at = (index + 1) * STEP * HOUR;
    sight.held = columns.least[index];
    levels.push(at, sight);
    sight.held = columns.most[index];
    levels.push(at + 1, sight);
    const left = moments.get(index);
    if (left === undefined || index < 60) continue;
    const made = forecast(levels, ceiling, deviate);
    if (made) {
      note(results, `psstop/${left}`, {
        name,
        error: Math.abs(made.hours / left - 1),
        held: made.low <= left && left <= made.high,
      });
    } else note(results, `psstop/${left}`, { name });
    for (const hours of LINEAR) {
      const ahead = linear(columns.memory, { index, hours, ceiling });
      if (ahead !== undefined)
        note(results, `predict_linear ${hours} h/${left}`, { error: Math.abs(ahead / left - 1) });
    }
  }
}

function note(results, key, what) {
  results.set(key, [...(results.get(key) ?? []), what]);
}

/** Hours until the least-squares line through the last hours reaches the ceiling; undefined when it never does. */
function linear(values, { index, hours, ceiling }) {
  const count = Math.round(hours / STEP);
  if (index < count) return undefined;
  let sum = 0;
  let product = 0;
  for (let back = 0; back < count; back += 1) {
    sum += values[index - back];
    product += ((count - 1) / 2 - back) * values[index - back];
  }
  const slope = product / ((count * (count * count - 1)) / 12);
  const now = sum / count + (slope * (count - 1)) / 2;
  return slope > 0 ? Math.max(0, ((ceiling - now) / slope) * STEP) : undefined;
}

/** The median error of psstop's forecasts for each class of series when so much time was left. */
export function byClass(results, left) {
  const list = results.get(`psstop/${left}`) ?? [];
  return KINDS.map((name) => ({ name, median: medianError(list.filter((one) => one.name === name)) }));
}

/** The median error of all of psstop's forecasts together, whatever time was left. */
export function medianOfAll(results) {
  return medianError(LEFT.flatMap((left) => results.get(`psstop/${left}`) ?? []));
}

function medianError(list) {
  const errors = list.flatMap(({ error }) => error ?? []).sort((a, b) => a - b);
  return errors[errors.length >> 1] ?? Number.NaN;
}

/** Median error, how often the interval held the truth, how many forecasts there were of how many that were asked for. */
export function summary(results, method, left) {
  const list = results.get(`${method}/${left}`) ?? [];
  const given = list.filter(({ error }) => error !== undefined);
  const held = given.filter((one) => one.held).length;
  return {
    asked: list.length,
    given: given.length,
    median: medianError(given),
    covered: held / given.length,
  };
}
