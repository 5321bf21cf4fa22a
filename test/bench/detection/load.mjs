/** How much work a process has over time; 1 is the usual amount. */

/** The same day and night, give or take. */
export const constant = () => () => 1;

/** High by day and low by night, each day a little different, weekends quieter where `week` says so. */
export function daily(random, { swing, week = 1, differ = 0.08 }) {
  const phase = random.between(0, 24);
  const weekday = random.integer(0, 6);
  const days = Array.from({ length: 41 }, (_, day) => {
    const weekend = (day + weekday) % 7 >= 5;
    return Math.max(0.1, 1 + differ * random.normal()) * (weekend ? week : 1);
  });
  const sharp = random.between(0.8, 1.6);
  return (time) => {
    const clock = time + phase;
    const day = Math.floor(clock / 24);
    // The day begins and ends in the night, so that a change from one day to the next makes no jump.
    const busy = (0.5 - 0.5 * Math.cos((2 * Math.PI * clock) / 24)) ** sharp;
    return 1 - swing / 2 + swing * busy * days[day];
  };
}

/** Rises once, by a factor, over some hours; stays, or goes back after a while. */
export function swell(random, { factor, onset, rise, stay }) {
  const ripple = random.between(0.01, 0.04);
  const bend = random.between(0, 2 * Math.PI);
  return (time) => {
    const up = smooth((time - onset) / rise);
    const down = smooth((time - onset - rise - stay) / rise);
    return (1 + (factor - 1) * (up - down)) * (1 + ripple * Math.sin(time / 3 + bend));
  };
}

/** One above the other: a swell of something that has its days too. */
export const times = (one, other) => (time) => one(time) * other(time);

function smooth(share) {
  const within = Math.max(0, Math.min(1, share));
  return within * within * (3 - 2 * within);
}
