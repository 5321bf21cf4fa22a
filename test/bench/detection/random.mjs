/** A stream of random numbers that is the same for the same seed (mulberry32), with the draws that the shapes need. */
export function randomFrom(seed) {
  let state = seed | 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    between: (low, high) => low + (high - low) * next(),
    /** Every order of magnitude is as likely as any other. */
    spread: (low, high) => low * (high / low) ** next(),
    integer: (low, high) => Math.floor(low + (high - low + 1) * next()),
    chance: (probability) => next() < probability,
    pick: (list) => list[Math.floor(next() * list.length)],
    /** Standard normal (Box and Muller). */
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    /** Exponential with mean 1. */
    pause: () => -Math.log(1 - next()),
  };
}

/** One number of several, so that neighbouring seeds of different classes have nothing in common. */
export function seedOf(...parts) {
  let hash = 0x811c9dc5;
  for (const part of parts.join('/')) hash = Math.imul(hash ^ part.charCodeAt(0), 0x01000193);
  return hash ^ (hash >>> 15);
}
