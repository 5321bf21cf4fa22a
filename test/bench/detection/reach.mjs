import { CLASSES, makeSeries, makeTwin, POINTS, STEP } from './series.mjs';

const HOUR = 3_600_000;

/** Hours since a leak began. */
export const HOURS_LOOKED_AT = [12, 24, 36, 48, 72];

/** Leaks that are slower than this are left out, percent of the base an hour. */
const SLOWEST = 1;

/** How long a process must have been seen. */
const COLD = 24;

/** A series is looked at every so many points: three hours. */
const EVERY = 3 / STEP;

/** Points of an hour. */
const HOUR_OF_POINTS = 1 / STEP;

/** Over which parts of the time since it began growth is measured, by who is told the class. */
const SHARES = [0.25, 0.5, 0.75, 1];

/**
 * What retained memory shows with every guard but the size off: found(hours) is the share of leaks by then, false(hours) the
 * share of healthy series of decidable classes. What guards may not cost, and why they are needed.
 */
export function reachOfBare(core, { set, count }) {
  const leaking = [];
  const healthy = [];
  for (const kind of CLASSES.filter(({ undecidable }) => !undecidable)) {
    for (let number = 0; number < count; number += 1) {
      const series = makeSeries(kind, set, number);
      if (!series.leaks) healthy.push(firstRetained(series, core));
      else if (series.percent >= SLOWEST) leaking.push(firstRetained(series, core) - series.onset);
    }
  }
  return { found: shareOf(leaking), false: shareOf(healthy) };
}

function shareOf(delays) {
  return (hours) => delays.filter((delay) => delay > 0 && delay <= hours).length / delays.length;
}

function firstRetained({ columns, ceiling, onset }, { Levels, lookAt, windowsOf }) {
  const levels = new Levels();
  const windows = windowsOf(levels.width, levels.rings.length).filter(({ hours }) => hours >= COLD);
  const last = onset + HOURS_LOOKED_AT.at(-1);
  let born;
  for (let index = 0; index < POINTS && index * STEP <= last; index += 1) {
    if (Number.isNaN(columns.born[index])) continue;
    if (columns.born[index] !== born) {
      born = columns.born[index];
      levels.clear(born * HOUR);
    }
    const [held, own, resident] = [columns.least[index], columns.private[index], columns.resident[index]];
    const time = (index + 1) * STEP;
    levels.push(time * HOUR, { held, own, resident, work: Number.NaN, crew: Number.NaN });
    if (index % 30 !== 0) continue;
    const about = { age: time - born, ceiling, cold: COLD };
    const looks = windows.map((window) => lookAt(levels, window, about));
    if (looks.some((look) => look !== undefined && look.stopped !== 'size')) return time;
  }
  return Number.POSITIVE_INFINITY;
}

/**
 * What could be found by who is told the class of a series and when its leak would begin: growth over the part of the time that
 * serves best for that class, held against the twins of the class without a leak, none of which is taken for one.
 * @returns a function from hours to the share of leaks found by then.
 */
export function reachOfTold(set, count) {
  const numbers = Array.from({ length: count }, (_, number) => number);
  const found = HOURS_LOOKED_AT.map(() => 0);
  let all = 0;
  for (const kind of CLASSES.filter(({ leaks }) => leaks)) {
    const twins = numbers.map((number) => growthsOf(makeTwin(kind, `${set}/twins`, number)));
    // A series is valid until the next one is made.
    const leaking = numbers.flatMap((number) => {
      const series = makeSeries(kind, set, number);
      return series.percent < SLOWEST ? [] : [growthsOf(series)];
    });
    all += leaking.length;
    const above = (hour, share) => {
      const most = Math.max(...twins.map((growths) => growths[hour][share]));
      return leaking.filter((growths) => growths[hour][share] > most).length;
    };
    for (const hour of HOURS_LOOKED_AT.keys()) found[hour] += Math.max(...SHARES.map((_, share) => above(hour, share)));
  }
  return (hours) => found[HOURS_LOOKED_AT.indexOf(hours)] / all;
}

/** By each of the hours, over each part of the time until then: the most that it ever grew by, as a share of what it was. */
function growthsOf({ columns, onset }) {
  const most = SHARES.map(() => Number.NEGATIVE_INFINITY);
  let next = EVERY;
  return HOURS_LOOKED_AT.map((hours) => {
    for (; next * STEP <= hours; next += EVERY) {
      for (const [index, share] of SHARES.entries()) {
        most[index] = Math.max(
          most[index],
          growth(columns, { from: onset / STEP + (1 - share) * next, to: onset / STEP + next }),
        );
      }
    }
    return most.slice();
  });
}

/** From the least of the hour after one point to that of the hour before another. */
function growth({ least }, { from, to }) {
  const leastFrom = (start) => Math.min(...least.subarray(Math.floor(start), Math.floor(start) + HOUR_OF_POINTS));
  return leastFrom(to - HOUR_OF_POINTS) / leastFrom(from) - 1;
}
