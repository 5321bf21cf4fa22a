import * as load from './load.mjs';
import * as shape from './shapes.mjs';

/**
 * Classes of healthy processes: name, whether a series of memory alone can decide it, and how one is made. `base` is MiB, all sizes
 * are shares of it. What is not said is at its default: one life, no siblings, nothing swapped, an everyday load.
 */
export const HEALTHY = [
  { name: 'flat', make: () => ({ shapes: [] }) },
  {
    name: 'wander',
    make: (r, base) => ({ shapes: [shape.wander(r, { size: base * r.spread(0.01, 0.06), hours: r.spread(1, 30) })] }),
  },
  { name: 'walk', make: (r, base) => ({ shapes: [shape.walk(r, { size: base * r.spread(0.002, 0.015) })] }) },
  { name: 'sawtooth', make: (r, base) => ({ shapes: [collector(r, base)] }) },
  {
    name: 'old-generation',
    make: (r, base) => ({
      shapes: [
        collector(r, base),
        shape.sawtooth(r, { size: base * r.between(0.2, 1.5), hours: r.spread(1, 20), jitter: 0.25 }),
      ],
    }),
  },
  {
    name: 'compaction',
    make: (r, base) => ({
      shapes: [
        shape.sawtooth(r, { size: base * r.between(0.3, 2), hours: r.between(4, 24), jitter: 0.35 }),
        collector(r, base, 0.3),
      ],
    }),
  },
  {
    name: 'warm-up',
    make: (r, base) => ({
      shapes: [shape.warmUp(base * r.between(0.5, 4), r.spread(0.05, 1)), maybe(r, collector(r, base))],
    }),
  },
  {
    name: 'slow-warm-up',
    make: (r, base) => ({
      shapes: [shape.warmUp(base * r.between(0.3, 2), r.spread(1.5, 24)), maybe(r, collector(r, base))],
    }),
  },
  {
    name: 'fragmentation',
    make: (r, base) => ({ shapes: [shape.fragmentation(base * r.between(0.05, 0.25), r.spread(0.2, 4))] }),
  },
  { name: 'steps', make: (r, base) => ({ shapes: [shape.steps(jumps(r, base))] }) },
  {
    name: 'lazy-start',
    make: (r, base) => ({ shapes: [shape.ramp(base * r.between(0.3, 2), r.spread(0.5, 8)), collector(r, base, 0.2)] }),
  },
  { name: 'daily', make: (r, base) => ({ ...days(r), shapes: [shape.perLoad(base * r.between(0.1, 0.6))] }) },
  {
    name: 'daily-sawtooth',
    make: (r, base) => ({ ...days(r), shapes: [shape.perLoad(base * r.between(0.1, 0.5)), collector(r, base)] }),
  },
  {
    name: 'weekly',
    make: (r, base) => ({ ...days(r, r.between(0.2, 0.6)), shapes: [shape.perLoad(base * r.between(0.2, 0.6))] }),
  },
  {
    // Its work can't be seen in any signal: what it holds follows the hour alone.
    name: 'daily-unseen',
    make: (r, base) => {
      const hidden = load.daily(r, { swing: r.between(0.5, 1.4) });
      const size = base * r.between(0.1, 0.5);
      return { shapes: [(_age, time) => size * hidden(time)] };
    },
  },
  {
    name: 'burst',
    make: (r, base) => ({
      shapes: [
        shape.bursts(r, { size: base * r.between(0.2, 1.5), perDay: r.spread(0.5, 20), hours: r.spread(0.1, 4) }),
      ],
    }),
  },
  {
    name: 'nightly',
    make: (r, base) => ({
      shapes: [
        shape.nightly(r, { size: base * r.between(0.2, 2), hours: r.between(0.5, 6) }),
        maybe(r, collector(r, base, 0.3)),
      ],
    }),
  },
  { name: 'high-water', make: (r, base) => ({ shapes: [shape.highWater(r, { size: base * r.between(0.03, 0.2) })] }) },
  { name: 'cache', make: (r, base) => ({ shapes: [cache(r, base)] }) },
  {
    name: 'restart',
    make: (r, base) => ({
      lives: restarts(r, 2, 40),
      shapes: [shape.warmUp(base * r.between(0.3, 2), r.spread(0.1, 3)), maybe(r, collector(r, base))],
    }),
  },
  { name: 'restart-cache', make: (r, base) => ({ lives: restarts(r, 6, 60), shapes: [cache(r, base)] }) },
  {
    name: 'sibling-exit',
    make: (r, base) => ({
      shared: base * r.between(0.4, 3),
      siblings: leaving(r),
      shapes: [maybe(r, collector(r, base, 0.3))],
    }),
  },
  {
    name: 'shared-touch',
    make: (r, base) => ({
      shared: base * r.between(0.5, 3),
      siblings: () => 6,
      touched: shape.ramp(1, r.between(10, 90)),
      shapes: [],
    }),
  },
  {
    name: 'mapped-files',
    make: (r, base) => ({ shapes: [], file: shape.ramp(base * r.between(0.5, 3), r.between(10, 200)) }),
  },
  { name: 'swap-churn', make: (r) => ({ shapes: [], swapped: churn(r) }) },
  {
    name: 'gaps',
    make: (r, base) => ({
      shapes: [collector(r, base), shape.perLoad(base * r.between(0, 0.3))],
      ...days(r),
      gaps: true,
    }),
  },
  {
    name: 'scaling',
    make: (r, base) => ({
      load: load.daily(r, { swing: r.between(0.4, 1.2), week: 0.6 }),
      shapes: [shape.perLoad(base)],
    }),
  },
  {
    name: 'traffic-swell',
    undecidable: true,
    make: (r, base) => ({
      load: load.times(load.daily(r, { swing: r.between(0, 0.6) }), load.swell(r, swelling(r))),
      shapes: [shape.perLoad(base * r.between(0.3, 0.9)), maybe(r, collector(r, base, 0.3))],
    }),
  },
  {
    name: 'cache-linear',
    undecidable: true,
    make: (r, base) => ({ shapes: [shape.ramp(base * r.between(0.3, 2), r.between(8, 120))] }),
  },
];

/** A collector's cycles of seconds to half an hour. */
export function collector(r, base, size = 1) {
  return shape.sawtooth(r, { size: base * size * r.between(0.1, 1.2), hours: r.spread(0.01, 0.5) });
}

/** The shape in half of the cases, nothing in the others. */
export function maybe(r, made) {
  return r.chance(0.5) ? made : () => 0;
}

/** An everyday load with days of its own. */
export function days(r, week = r.chance(0.5) ? r.between(0.5, 1) : 1) {
  return { load: load.daily(r, { swing: r.between(0.4, 1.4), week }) };
}

/** Starts of lives that last between so many hours each. */
export function restarts(r, shortest, longest) {
  const typical = r.spread(shortest, longest);
  const lives = [0];
  while (lives.at(-1) < 24 * 40) lives.push(lives.at(-1) + typical * r.between(0.6, 1.4));
  return lives;
}

/** How a swell comes. */
export function swelling(r) {
  return {
    factor: r.between(1.2, 2.5),
    onset: r.between(10, 120),
    rise: r.spread(4, 72),
    stay: r.pick([12, 48, 1000]),
  };
}

/** One item after the other is asked for by chance, so that it fills ever more slowly. */
function cache(r, base) {
  const size = base * r.between(0.3, 3);
  const hours = r.spread(2, 30);
  const bend = r.between(0.7, 1.2);
  return (age) => size * (1 - Math.exp(-((age / hours) ** bend)));
}

function jumps(r, base) {
  return Array.from({ length: r.integer(1, 4) }, () => ({ at: r.between(0, 240), size: base * r.between(0.05, 0.6) }));
}

/** Siblings that leave one by one, down to one, over hours or days. */
function leaving(r) {
  const count = r.integer(3, 12);
  const first = r.between(0, 60);
  const pause = r.spread(0.5, 20);
  const times = Array.from({ length: count - 1 }, (_, index) => first + pause * (index + r.between(-0.3, 0.3)));
  return (time) => count - times.filter((at) => time >= at).length;
}

/** A share of memory that moves out and back in. */
function churn(r) {
  const hours = r.spread(3, 60);
  const most = r.between(0.2, 0.8);
  const phase = r.between(0, 6);
  return (time) => most * (0.5 + 0.5 * Math.sin(time / hours + phase));
}
