import { randomFrom, seedOf } from './random.mjs';

/** Runs of a build whose sizes differ by 5 %, on ages up to a day; some end before. */
function runs(random, { count, level }) {
  return Array.from({ length: count }, () => {
    const size = level * Math.exp(0.05 * random.normal());
    const reached = random.pick([4, 8, 9, 9]);
    return {
      held: Array.from({ length: 11 }, (_, index) =>
        index < reached ? size * (1 + 0.003 * random.normal()) : undefined,
      ),
    };
  });
}

/** How often eight old runs and three new ones are told apart: when nothing changed, and when the new ones hold a fifth more. */
export function regressionRates(compareBuilds, { set, count }) {
  const random = randomFrom(seedOf('builds', set));
  const rate = (more) => {
    let found = 0;
    for (let index = 0; index < count; index += 1) {
      const level = random.spread(1e7, 1e10);
      const old = runs(random, { count: 8, level });
      const recent = runs(random, { count: 3, level: level * (1 + more) });
      if (compareBuilds(old, recent)?.verdict === 'regression') found += 1;
    }
    return found / count;
  };
  return { false: rate(0), power: rate(0.2) };
}
