import { CLASSES, makeSeries, POINTS, STEP } from './series.mjs';

const HOUR = 3_600_000;

/** Snapshots in the time between two points of a series: every five seconds. */
const PER_POINT = 24;

/** CPU time of one sample at five seconds, µs: pushing it and, where it is due, judging. Healthy and leaking classes in turn. */
export function costOfSample({ Levels, findLeak, LOOK_EVERY }) {
  let used = 0;
  let samples = 0;
  const sight = { held: 0, own: 0, resident: 0, work: 1, crew: 1 };
  for (const kind of CLASSES.filter((_, index) => index % 8 === 0)) {
    const { columns, ceiling } = makeSeries(kind, 'cost', 0);
    const levels = new Levels();
    let since = -1;
    const before = process.cpuUsage();
    for (let index = 0; index < POINTS; index += 1) {
      sight.held = columns.least[index];
      sight.own = columns.private[index];
      sight.resident = columns.resident[index];
      const time = (index + 1) * STEP;
      for (let part = PER_POINT - 1; part >= 0; part -= 1)
        levels.push((time - (part * STEP) / PER_POINT) * HOUR, sight);
      if (levels.newest - since < LOOK_EVERY) continue;
      findLeak(since < 0 ? { levels, lives: [] } : { levels, lives: [], since }, { age: time, ceiling, cold: 24 });
      since = levels.newest;
    }
    used += process.cpuUsage(before).user;
    samples += POINTS * PER_POINT;
  }
  return used / samples;
}

/** What a history takes when it is full, bytes, its objects included: the memory that a thousand of them take. Needs --expose-gc. */
export function bytesOfHistory({ Levels }) {
  const sight = { held: 1, own: 1, resident: 1, work: 1, crew: 1 };
  const full = () => {
    const levels = new Levels();
    for (let bucket = 0; bucket < 64 * 256 + 64; bucket += 1) levels.push(bucket * levels.width, sight);
    return levels;
  };
  // What is compiled on the way is no part of a history.
  for (let warm = 0; warm < 20; warm += 1) full();
  const before = heldNow();
  const all = Array.from({ length: 200 }, full);
  return (heldNow() - before) / all.length;
}

function heldNow() {
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
