import { STEP } from './series.mjs';

const HOUR = 3_600_000;

/** How psstop can be run on a series: whole, and with one thing left out to see what it gives. */
export const VARIANTS = {
  psstop: {},
  'without load': { load: false },
  'without days': { days: false },
  'without lives': { lives: false },
  'one reading per bucket': { single: true },
};

/**
 * Feeds a series to psstop's history as the daemon does, and judges it as the condition does. `core` holds its functions, built or not.
 * @returns when it was confirmed (hours) and what was found then, and whether it was ever suspected; both undefined if never.
 */
export function detect(core, series, variant = {}) {
  const { columns, ceiling } = series;
  const levels = new core.Levels();
  const sight = { held: 0, own: 0, resident: 0, work: Number.NaN, crew: Number.NaN };
  const held = variant.single ? columns.memory : columns.least;
  let state = begin(levels, 0);
  let lives = [];
  let suspected;
  for (let index = 0; index < held.length; index += 1) {
    const born = columns.born[index];
    if (Number.isNaN(born)) continue;
    const time = (index + 1) * STEP;
    if (born !== state.born) {
      const life = variant.lives === false ? undefined : core.lifeOf(levels);
      if (life) lives = [...lives, life];
      state = begin(levels, born);
    }
    const file = columns.file[index];
    sight.held = held[index] - (variant.single ? file : 0);
    sight.own = columns.private[index];
    sight.resident = columns.resident[index];
    if (variant.load !== false) sight.work = columns.cpu[index];
    if (variant.load !== false) sight.crew = columns.threads[index];
    levels.push(time * HOUR, sight);
    if (levels.newest - Math.max(0, state.since) < core.LOOK_EVERY) continue;
    const evidence = state.since < 0 ? { levels, lives } : { levels, lives, since: state.since };
    state.since = levels.newest;
    const found = core.findLeak(evidence, { age: time - born, ceiling, cold: 24 });
    if (found.grade === undefined) continue;
    suspected ??= time;
    if (found.grade === 'suspected') continue;
    if (variant.days === false && found.look?.manner === 'days' && !found.lives) continue;
    return { time, found, suspected };
  }
  return { time: undefined, found: undefined, suspected };
}

function begin(levels, born) {
  levels.clear(born * HOUR);
  return { born, since: -1 };
}
