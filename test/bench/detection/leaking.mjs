import { collector, days, maybe, restarts, swelling } from './healthy.mjs';
import * as load from './load.mjs';
import * as shape from './shapes.mjs';

/**
 * Classes of leaking processes. `rate` is MiB an hour, 0.1 to 30 % of the base; every process is killed at a multiple of its base and
 * starts again, as it would at its limit. `onset` is when it begins to leak, in hours of the series.
 */
export const LEAKING = [
  { name: 'leak', make: (_r, { rate }) => ({ shapes: [shape.leak(rate)] }) },
  { name: 'leak-sawtooth', make: (r, { base, rate }) => ({ shapes: [shape.leak(rate), collector(r, base)] }) },
  {
    name: 'leak-warm-up',
    make: (r, { base, rate }) => ({
      shapes: [
        shape.leak(rate),
        shape.warmUp(base * r.between(0.3, 2), r.spread(0.1, 6)),
        maybe(r, collector(r, base)),
      ],
    }),
  },
  {
    name: 'leak-daily',
    make: (r, { base, rate }) => ({
      ...days(r),
      shapes: [shape.leak(rate), shape.perLoad(base * r.between(0.1, 0.5))],
    }),
  },
  {
    name: 'leak-daily-sawtooth',
    make: (r, { base, rate }) => ({
      ...days(r),
      shapes: [shape.leak(rate), shape.perLoad(base * r.between(0.1, 0.4)), collector(r, base)],
    }),
  },
  {
    // Its days can't be seen in any signal of its work.
    name: 'leak-daily-unseen',
    make: (r, { base, rate }) => {
      const hidden = load.daily(r, { swing: r.between(0.5, 1.4) });
      const size = base * r.between(0.1, 0.4);
      return { shapes: [shape.leak(rate), (_age, time) => size * hidden(time)] };
    },
  },
  {
    name: 'leak-old-generation',
    make: (r, { base, rate }) => ({
      shapes: [
        shape.leak(rate),
        shape.sawtooth(r, { size: base * r.between(0.2, 1), hours: r.spread(1, 8), jitter: 0.25 }),
      ],
    }),
  },
  {
    name: 'leak-late',
    make: (r, { base, rate }) => {
      const onset = r.between(24, 110);
      return { onset, shapes: [shape.leak(rate, onset), maybe(r, collector(r, base))] };
    },
  },
  { name: 'leak-stairs', make: (r, { rate }) => ({ shapes: [shape.stairs(r, { rate, every: r.spread(0.3, 6) })] }) },
  {
    name: 'leak-accelerating',
    make: (r, { base, rate }) => ({ shapes: [shape.accelerating(rate), maybe(r, collector(r, base))] }),
  },
  {
    name: 'leak-per-request',
    make: (r, { base, rate }) => ({
      ...days(r),
      shapes: [shape.perRequest(rate), shape.perLoad(base * r.between(0, 0.2))],
    }),
  },
  {
    name: 'leak-restarts',
    make: (r, { base, rate }) => ({
      lives: restarts(r, 8, 60),
      shapes: [shape.leak(rate), maybe(r, collector(r, base, 0.5))],
    }),
  },
  {
    name: 'leak-restarts-warm-up',
    make: (r, { base, rate }) => ({
      lives: restarts(r, 12, 60),
      shapes: [shape.leak(rate), shape.warmUp(base * r.between(0.2, 1), r.spread(0.1, 1.5))],
    }),
  },
  {
    name: 'leak-swapped',
    make: (r, { base, rate }) => {
      const resident = base * r.between(0.9, 1.2);
      return { shapes: [shape.leak(rate)], swapped: (_time, held) => Math.max(0, 1 - resident / held) };
    },
  },
  {
    // Memory stands still at the ceiling of its cgroup, at two to six times the base.
    name: 'leak-capped',
    make: (r, { base, rate }) => {
      const most = base * r.between(1, 5);
      return { ceiling: base + most, shapes: [(age) => Math.min(most, rate * age)] };
    },
  },
  {
    name: 'leak-bursts',
    make: (r, { base, rate }) => ({
      shapes: [
        shape.leak(rate),
        shape.bursts(r, { size: base * r.between(0.2, 1), perDay: r.spread(1, 20), hours: r.spread(0.1, 3) }),
      ],
    }),
  },
  {
    name: 'leak-in-a-swell',
    make: (r, { base, rate }) => ({
      load: load.swell(r, swelling(r)),
      shapes: [shape.leak(rate), shape.perLoad(base * r.between(0.2, 0.6))],
    }),
  },
  {
    name: 'leak-among-siblings',
    make: (r, { base, rate }) => ({
      shared: base * r.between(0.3, 1),
      siblings: () => 8,
      shapes: [shape.leak(rate), maybe(r, collector(r, base, 0.4))],
    }),
  },
];
