/**
 * `node test/bench/detection/short.mjs [RUNS]`: how well leaks are told in runs of minutes (`leak: { within: 5m }`), beside the mode for
 * hours at its shortest (`leak: { over: 10m }`) on the same runs of fifteen minutes, and beside last minus first. Prints a table.
 */
import { pathToFileURL } from 'node:url';
import { randomFrom, seedOf } from './random.mjs';

const MIB = 2 ** 20;
/** Seconds of a run, one sample each; the window of the short mode. */
const SECONDS = 900;
const WITHIN = 300;
/** Seeds that nothing was tuned on. */
export const HELD_OUT = 'short-held-out';

/** What a healthy program does in a run, as a share of its base, by the second. */
const SHAPES = {
  flat: (random) => noise(random, random.spread(0.0005, 0.01)),
  cycles: (random) => cycles(random, random.between(3, 30), random.between(0.1, 1.5)),
  'uneven cycles': (random) => unevenCycles(random),
  'warm-up and cycles': (random) =>
    added(warmUp(random), cycles(random, random.between(3, 30), random.between(0.1, 1))),
  'warm-up': (random) => added(warmUp(random), noise(random, 0.002)),
  'a cache that fills': (random) => added(cache(random), cycles(random, random.between(3, 20), random.between(0, 0.3))),
  steps: (random) => added(steps(random), noise(random, 0.003)),
  wandering: (random) => wandering(random),
  bursts: (random) => added(bursts(random), noise(random, 0.003)),
};

export const KINDS = Object.keys(SHAPES);
/** Healthy shapes that leak besides. */
const LEAKING = ['flat', 'cycles', 'uneven cycles', 'warm-up and cycles', 'steps', 'bursts'];

/** One labelled run: MiB by the second, the same for the same kind, set and number. `percent` is what leaks of the base in a minute. */
export function makeRun(kind, leaks, { set, number }) {
  const random = randomFrom(seedOf(kind, leaks, set, number));
  const base = random.spread(30, 1500);
  const shape = SHAPES[kind](random);
  const percent = leaks ? random.spread(0.5, 20) : 0;
  const every = random.pick([1, 1, random.between(2, 20)]);
  const memory = Float64Array.from({ length: SECONDS }, (_, second) => {
    const leaked = (Math.floor(second / every) * every * percent) / 60 / 100;
    return base * (1 + Math.max(-0.5, shape(second)) + leaked);
  });
  return { memory, percent, leaks };
}

function noise(random, size) {
  return () => size * random.normal();
}

function cycles(random, length, height) {
  const jitter = random.between(0, 0.15);
  let begun = -length * random.next();
  let now = length;
  return (second) => {
    while (second - begun >= now) {
      begun += now;
      now = length * (1 + jitter * random.normal());
      if (!(now > 1)) now = 1;
    }
    return (height * (second - begun)) / now + 0.002 * random.normal();
  };
}

function unevenCycles(random) {
  let left = 0;
  let held = 0;
  const height = random.between(0.1, 0.6);
  return () => {
    left -= 1;
    if (left <= 0) {
      left = 1 + 20 * random.pause();
      held = random.chance(0.4) ? 0 : height * random.next();
    }
    return held + 0.002 * random.normal();
  };
}

function warmUp(random) {
  const [height, time] = [random.between(0.2, 2), random.spread(10, 200)];
  return (second) => height * (1 - Math.exp(-second / time));
}

function cache(random) {
  const [height, full] = [random.between(0.1, 1), random.between(30, 240)];
  return (second) => height * Math.min(1, second / full);
}

function steps(random) {
  const at = Array.from({ length: random.integer(1, 3) }, () => random.between(0, SECONDS));
  const height = random.between(0.05, 0.5);
  return (second) => height * at.filter((one) => one <= second).length;
}

function wandering(random) {
  const [size, back] = [random.spread(0.001, 0.006), random.between(0.002, 0.02)];
  let held = 0;
  return () => {
    held += size * random.normal() - back * held;
    return held;
  };
}

function bursts(random) {
  const [gap, length, height] = [random.between(20, 120), random.between(2, 15), random.between(0.1, 1)];
  let until = 0;
  let next = gap * random.pause();
  return (second) => {
    if (second >= next) {
      until = second + length * random.pause();
      next = until + gap * random.pause();
    }
    return second < until ? height : 0;
  };
}

function added(...shapes) {
  return (second) => shapes.reduce((sum, shape) => sum + shape(second), 0);
}

/** Follows a run with a condition, through the daemon's own target. @returns the second of the alarm; infinite where there is none. */
export function alarmOf({ memory }, condition, core) {
  const { Members, Target, noStanding } = core;
  const process = { pid: 1, start: 1, startedAt: 0, ppid: 0, name: 'run', uid: 0, user: '', cgroup: '/' };
  const rule = { name: 'leak', by: 'process', when: condition, select: {} };
  const group = new Members({ key: 'run', name: 'run' }, core.NO_SNAPSHOT);
  const target = new Target(rule, group, noStanding());
  const host = { total: 2 ** 36, available: 2 ** 35, anon: 0, mapped: 0, swapTotal: 0, swapFree: 0 };
  for (let second = 1; second < SECONDS; second += 1) {
    const bytes = memory[second] * MIB;
    const at = second * 1000;
    const figures = { pss: bytes, swapPss: 0, rss: bytes, uss: bytes, anon: bytes, file: 0, shmem: 0, dirty: bytes };
    const exact = { at, ...figures };
    group.begin({ ...core.NO_SNAPSHOT, uptime: at, memory: host });
    group.add({ process, rss: bytes, exact, last: exact, cpu: second * 100, threads: 4 });
    group.gather();
    target.observe();
    if (condition.test(target)?.met) return second;
  }
  return Number.POSITIVE_INFINITY;
}

/** By how much more was held in the last tenth of the first five minutes than in the first: what a pipeline without statistics asks. */
function lastMinusFirst({ memory }) {
  const mean = (from, to) => memory.subarray(from, to).reduce((sum, one) => sum + one, 0) / (to - from);
  const grown = mean(WITHIN * 0.9, WITHIN) / mean(0, WITHIN * 0.1) - 1;
  return grown > 0.1 ? WITHIN : Number.POSITIVE_INFINITY;
}

/** What a way to tell comes to, on a set. */
export function scoreShort(tell, { set, count }) {
  const score = { hits: 0, leaks: 0, falseAlarms: 0, healthy: 0, byKind: new Map(), delays: [], byRate: new Map() };
  const classes = [...KINDS.map((kind) => ({ kind, leaks: false })), ...LEAKING.map((kind) => ({ kind, leaks: true }))];
  for (const { kind, leaks } of classes) {
    for (let number = 0; number < count; number += 1) {
      const run = makeRun(kind, leaks, { set, number });
      note(score, { kind, run, alarm: tell(run) });
    }
  }
  return score;
}

function note(score, { kind, run, alarm }) {
  const told = Number.isFinite(alarm);
  const name = run.leaks ? `${kind}, leaking` : kind;
  const known = score.byKind.get(name) ?? { told: 0, runs: 0 };
  score.byKind.set(name, { told: known.told + (told ? 1 : 0), runs: known.runs + 1 });
  if (!run.leaks) {
    score.healthy += 1;
    if (told) score.falseAlarms += 1;
    return;
  }
  score.leaks += 1;
  if (told) {
    score.hits += 1;
    score.delays.push(alarm);
  }
  const rate = run.percent < 2 ? '0.5-2 %/min' : run.percent < 6 ? '2-6 %/min' : '6-20 %/min';
  const ofRate = score.byRate.get(rate) ?? { told: 0, runs: 0 };
  score.byRate.set(rate, { told: ofRate.told + (told ? 1 : 0), runs: ofRate.runs + 1 });
}

async function main() {
  const built = new URL('../../../build/', import.meta.url);
  const [{ default: leak }, { Members }, { Target }, { NO_SNAPSHOT, noStanding }] = await Promise.all([
    import(new URL('conditions/leak.js', built)),
    import(new URL('core/members.js', built)),
    import(new URL('core/target.js', built)),
    import(new URL('core/standing.js', built)),
  ]);
  const core = { Members, Target, NO_SNAPSHOT, noStanding };
  const count = Number(process.argv[2] ?? 100);
  const set = process.argv[3] ?? HELD_OUT;
  const make = (options) => leak.create(options, { interval: 1000, warn: () => undefined });
  const ways = {
    'within 5m': (run) => alarmOf(run, make({ within: '5m' }), core),
    'over 10m': (run) => alarmOf(run, make({ over: '10m' }), core),
    'last minus first > 10 %': lastMinusFirst,
  };
  console.log(
    `${count} runs of 15 minutes of each kind (${set}): P, R, in five minutes and a half, false alarms, median delay`,
  );
  for (const [name, tell] of Object.entries(ways)) {
    const whole = scoreShort(tell, { set, count });
    const soon = whole.delays.filter((delay) => delay <= 330).length / whole.leaks;
    const precision = whole.hits / Math.max(1, whole.hits + whole.falseAlarms);
    const delay = whole.delays.sort((a, b) => a - b)[whole.delays.length >> 1];
    const rates = [...whole.byRate].map(([rate, { told, runs }]) => `${rate} ${(told / runs).toFixed(2)}`).sort();
    console.log(
      `${name.padEnd(26)} P ${precision.toFixed(3)}  R ${(whole.hits / whole.leaks).toFixed(3)}  soon ${soon.toFixed(3)}  false ${whole.falseAlarms}/${whole.healthy}  ${delay} s  ${rates.join(', ')}`,
    );
    console.log(`  ${[...whole.byKind].map(([kind, { told, runs }]) => `${kind} ${told}/${runs}`).join(', ')}`);
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await main();
