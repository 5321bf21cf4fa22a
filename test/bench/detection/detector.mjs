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
  const life = new Follower(core, variant);
  let suspected;
  for (let index = 0; index < columns.born.length; index += 1) {
    const born = columns.born[index];
    if (Number.isNaN(born)) continue;
    const time = (index + 1) * STEP;
    life.see(columns, index, { time, born });
    const found = life.judge({ age: time - born, ceiling, cold: 24 });
    if (found?.grade === undefined) continue;
    suspected ??= time;
    if (found.grade !== 'suspected' && !isLeftOut(found, variant)) return { time, found, suspected };
  }
  return { time: undefined, found: undefined, suspected };
}

function isLeftOut({ look, lives }, { days }) {
  return days === false && look?.manner === 'days' && !lives;
}

/** One service through its lives. */
class Follower {
  constructor(core, variant) {
    Object.assign(this, { core, variant, levels: new core.Levels(), lives: [], born: 0, since: -1 });
    this.sight = { held: 0, own: 0, resident: 0, work: Number.NaN, crew: Number.NaN };
    this.levels.clear(0);
  }

  see(columns, index, { time, born }) {
    if (born !== this.born) this.#begin(born);
    const { sight, variant } = this;
    sight.held = variant.single ? columns.memory[index] - columns.file[index] : columns.least[index];
    sight.own = columns.private[index];
    sight.resident = columns.resident[index];
    if (variant.load !== false) {
      sight.work = columns.cpu[index];
      sight.crew = columns.threads[index];
    }
    this.levels.push(time * HOUR, sight);
  }

  #begin(born) {
    const life = this.variant.lives === false ? undefined : this.core.lifeOf(this.levels);
    if (life) this.lives = [...this.lives, life];
    this.levels.clear(born * HOUR);
    this.born = born;
    this.since = -1;
  }

  /** Undefined while there is nothing new. */
  judge(about) {
    const { levels, lives, since, core } = this;
    if (levels.newest - Math.max(0, since) < core.LOOK_EVERY) return undefined;
    this.since = levels.newest;
    return core.findLeak(since < 0 ? { levels, lives } : { levels, lives, since }, about);
  }
}
