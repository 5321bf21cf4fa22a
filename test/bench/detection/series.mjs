import { HEALTHY } from './healthy.mjs';
import { LEAKING } from './leaking.mjs';
import * as load from './load.mjs';
import { randomFrom, seedOf } from './random.mjs';

/** Hours between two points of a series. A sampler that looks every five seconds sees 24 values in that time: `least` is their minimum. */
export const STEP = 1 / 30;
/** Length of a series, hours. */
export const HOURS = 240;
export const POINTS = HOURS / STEP;

const MiB = 2 ** 20;

/** Every class, the healthy ones first. */
export const CLASSES = [
  ...HEALTHY.map((kind) => ({ ...kind, leaks: false })),
  ...LEAKING.map((kind) => ({ ...kind, leaks: true })),
];

/** What is known of a process at each point; bytes, but for the signals of load. Filled anew for each series: making them is most of the work. */
const columns = {
  /** PSS + SwapPss. */
  memory: new Float64Array(POINTS),
  /** Of it, file pages. */
  file: new Float64Array(POINTS),
  /** The least of memory without file pages since the last point. */
  least: new Float64Array(POINTS),
  /** The greatest. */
  most: new Float64Array(POINTS),
  swap: new Float64Array(POINTS),
  /** Private memory and RSS, swap added. */
  private: new Float64Array(POINTS),
  resident: new Float64Array(POINTS),
  /** Over all processes that share its memory. */
  group: new Float64Array(POINTS),
  /** Share of one CPU that it took, and what it has open. */
  cpu: new Float64Array(POINTS),
  threads: new Float64Array(POINTS),
  descriptors: new Float64Array(POINTS),
  /** When the process at this point was started, hours; NaN where nothing was seen. */
  born: new Float64Array(POINTS),
};

/**
 * Makes one labelled series. The same class, set and number give the same one for ever.
 * @returns its columns (valid until the next is made), whether, from when (hours) and how fast (share of the base an hour) it leaks.
 */
export function makeSeries(kind, set, number) {
  return make(kind, randomFrom(seedOf(kind.name, set, number)), 1);
}

/** The same series as it would be without its leak, by the same chances. */
export function makeTwin(kind, set, number) {
  return make(kind, randomFrom(seedOf(kind.name, set, number)), 0);
}

function make(kind, random, share) {
  const base = random.spread(15, 4000);
  const percent = random.spread(0.1, 30);
  const spec = kind.leaks ? kind.make(random, { base, rate: (share * base * percent) / 100 }) : kind.make(random, base);
  const process = { ...everyday(random, base), ...spec };
  const killedAt = kind.leaks && !spec.ceiling ? base * random.between(4, 12) : Number.POSITIVE_INFINITY;
  fill(random, process, killedAt);
  const ceiling = spec.ceiling ? spec.ceiling * MiB : kind.leaks ? killedAt * MiB : roomAbove(random);
  return {
    columns,
    ceiling,
    leaks: kind.leaks,
    onset: spec.onset ?? 0,
    percent,
    name: kind.name,
    undecidable: kind.undecidable === true,
  };
}

function everyday(random, base) {
  return {
    base,
    white: base * random.spread(0.0003, 0.01),
    slow: base * random.spread(0.0003, 0.008),
    keep: Math.exp(-STEP / random.spread(0.05, 2)),
    load: random.chance(0.5) ? load.daily(random, { swing: random.between(0.2, 1.2) }) : load.constant(),
    lives: [0],
    shared: 0,
    siblings: () => 1,
    touched: () => 1,
    file: () => 0,
    swapped: () => 0,
    busy: random.spread(0.01, 2),
    crew: random.integer(2, 60),
    open: random.integer(20, 400),
  };
}

function fill(random, process, killedAt) {
  const gaps = process.gaps ? missing(random) : () => false;
  let born = 0;
  let life = 1;
  let slow = 0;
  for (let index = 0; index < POINTS; index += 1) {
    const time = (index + 1) * STEP;
    if (process.lives[life] !== undefined && time >= process.lives[life]) born = process.lives[life++];
    const work = process.load(time);
    slow = process.keep * slow + process.slow * Math.sqrt(1 - process.keep ** 2) * random.normal();
    let own = ownMemory(process, { time, born, work }) + slow;
    if (own > killedAt) {
      born = time;
      own = ownMemory(process, { time, born, work });
    }
    columns.born[index] = gaps(time) ? Number.NaN : born;
    write(random, process, { index, time, own, work, age: time - born });
  }
}

/** `least` of a tooth must be asked for first: it begins earlier. */
let lower = 0;

function ownMemory({ base, shapes }, { time, born, work }) {
  let sum = base;
  lower = 0;
  for (const shape of shapes) {
    const least = shape.least?.(time - STEP, time);
    const held = shape(time - born, time, work);
    if (least !== undefined) lower += Math.max(0, held - least);
    sum += held;
  }
  return sum;
}

function write(random, process, { index, time, own, work, age }) {
  const { white } = process;
  const siblings = process.siblings(time);
  const shared = process.shared * process.touched(age, time);
  const file = process.file(age, time);
  const swap = own * process.swapped(time, own);
  const noise = white * random.normal();
  const held = own + shared / siblings;
  // The least of 24 normal deviates is at 1.95 on average, with a spread of 0.48.
  const spread = white * (1.95 + 0.48 * random.normal());
  columns.memory[index] = Math.max(0, held + file + noise) * MiB;
  columns.file[index] = file * MiB;
  columns.swap[index] = Math.max(0, swap) * MiB;
  columns.least[index] = Math.max(0, held - lower - spread) * MiB;
  columns.most[index] = Math.max(0, held + spread) * MiB;
  columns.private[index] = Math.max(0, own + (siblings === 1 ? shared : 0) + file + noise) * MiB;
  columns.resident[index] = Math.max(0, own + shared + file + noise) * MiB;
  columns.group[index] = Math.max(0, own * siblings + shared + file + noise) * MiB;
  columns.cpu[index] = process.busy * work * (0.8 + 0.4 * random.next());
  columns.threads[index] = Math.max(1, Math.round(process.crew * (0.4 + 0.6 * work)));
  columns.descriptors[index] = Math.max(3, Math.round(process.open * (0.3 + 0.7 * work) + 4 * random.next()));
}

/** A healthy process has no limit of its own, or one that it keeps, sometimes just so. */
function roomAbove(random) {
  if (random.chance(0.5)) return Number.POSITIVE_INFINITY;
  return columns.most.reduce((most, value) => Math.max(most, value), 0) * random.spread(1.02, 3);
}

/** Stretches of minutes to a day in which nothing was seen. */
function missing(random) {
  const list = Array.from({ length: random.integer(2, 12) }, () => {
    const from = random.between(0, HOURS);
    return { from, to: from + random.spread(0.05, 24) };
  });
  return (time) => list.some(({ from, to }) => time >= from && time < to);
}
