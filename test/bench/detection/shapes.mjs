/**
 * What a process's memory is made of. A shape gives MiB at a moment: `age` is hours since the process started, `time` hours since
 * the series began, `load` the work it has at that moment (1 is its usual amount). Random choices are made when the shape is.
 */

/** Rises towards `size`, fast at first. */
export const warmUp = (size, hours) => (age) => size * (1 - Math.exp(-age / hours));

/** What an allocator loses to fragmentation: goes on for ever, ever more slowly. */
export const fragmentation = (size, hours) => (age) => size * Math.log1p(age / hours);

/** Fills in a straight line and is full. */
export const ramp = (size, hours) => (age) => size * Math.min(1, age / hours);

/** Jumps at certain times of the series. */
export function steps(list) {
  return (_age, time) => {
    let sum = 0;
    for (const { at, size } of list) if (time >= at) sum += size;
    return sum;
  };
}

/** Memory that follows the work. */
export const perLoad = (size) => (_age, _time, load) => size * load;

/** A tooth that climbs for about `hours`, differs from tooth to tooth, and falls to nothing. `least` is what is held in a stretch. */
export function sawtooth(random, { size, hours, jitter = 0.15 }) {
  let begun = 0;
  let until = 0;
  let height = 0;
  const tooth = (time) => {
    while (time >= until) {
      begun = until;
      until = begun + hours * Math.max(0.3, 1 + jitter * random.normal());
      height = size * Math.max(0.3, 1 + jitter * random.normal());
    }
  };
  // A phase of its own.
  until = -hours * random.next();
  const shape = (_age, time) => {
    tooth(time);
    return (height * (time - begun)) / (until - begun);
  };
  /** Called before `shape` is asked for the end of the stretch. */
  shape.least = (from, to) => {
    tooth(from);
    if (to >= until) return 0;
    return (height * (from - begun)) / (until - begun);
  };
  return shape;
}

/** Requests that come in bursts and are done with. */
export function bursts(random, { size, perDay, hours }) {
  const list = [];
  for (let at = 0; at < 24 * 40; at += (24 / perDay) * random.pause()) {
    list.push({ at, until: at + hours * (0.3 + random.pause()), size: size * random.between(0.3, 1.5) });
  }
  let first = 0;
  return (_age, time) => {
    while (first < list.length && list[first].until < time - 24) first += 1;
    let sum = 0;
    for (let index = first; index < list.length && list[index].at <= time; index += 1) {
      if (time < list[index].until) sum += list[index].size;
    }
    return sum;
  };
}

/** A job at the same hour of each day. */
export function nightly(random, { size, hours }) {
  const hour = random.between(0, 24);
  const sizes = Array.from({ length: 40 }, () => size * random.between(0.8, 1.2));
  return (_age, time) => {
    const since = (time - hour + 24) % 24;
    return since < hours ? sizes[Math.floor((time - hour + 24) / 24)] * Math.min(1, since / (0.2 * hours)) : 0;
  };
}

/** An allocator that gives nothing back: holds the most that any burst of the work ever took. */
export function highWater(random, { size }) {
  let most = 0;
  let next = 0;
  let born = 0;
  return (age, time) => {
    if (time - age > born) {
      born = time - age;
      most = 0;
      next = time;
    }
    while (next <= time) {
      most = Math.max(most, size * random.pause());
      next += 0.25 * random.pause();
    }
    return most;
  };
}

/** Wanders slowly round a middle, with a standard deviation of `size`; the way back takes about `hours`. */
export function wander(random, { size, hours }) {
  let level = size * random.normal();
  let last = 0;
  return (_age, time) => {
    const keep = Math.exp(-(time - last) / hours);
    level = keep * level + size * Math.sqrt(1 - keep * keep) * random.normal();
    last = time;
    return level;
  };
}

/** A walk without a middle: `size` is its standard deviation after a day. */
export function walk(random, { size }) {
  let level = 0;
  let last = 0;
  return (_age, time) => {
    level += size * Math.sqrt((time - last) / 24) * random.normal();
    last = time;
    return level;
  };
}

/** A leak of so many MiB an hour in each life, but not before `onset`, in hours of the series. */
export const leak =
  (rate, onset = 0) =>
  (age, time) =>
    rate * Math.max(0, Math.min(age, time - onset));

/** A leak that comes in chunks, each `every` hours or so. */
export function stairs(random, { rate, every }) {
  const pauses = Array.from({ length: 256 }, () => every * random.between(0.5, 1.5));
  let until = pauses[0] * random.next();
  let held = 0;
  let index = 0;
  let before = 0;
  return (age) => {
    if (age < before) {
      held = 0;
      until = pauses[index % pauses.length] * random.next();
    }
    before = age;
    while (age >= until) {
      index += 1;
      const pause = pauses[index % pauses.length];
      held += rate * pause;
      until += pause;
    }
    return held;
  };
}

/** A leak that grows with the square of time: `rate` after a day. */
export const accelerating = (rate) => (age) => (rate * age * age) / 48;

/** A leak per request: so many MiB an hour at the usual load. */
export function perRequest(rate) {
  let sum = 0;
  let before = 0;
  return (age, _time, load) => {
    if (age < before) {
      sum = 0;
      before = 0;
    }
    sum += rate * load * (age - before);
    before = age;
    return sum;
  };
}
