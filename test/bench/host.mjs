const MiB = 2 ** 20;
const NAMES = 50;
const UNITS = 100;

/** Always the same numbers from 0 to 1 (mulberry32). */
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A made-up host: so many processes of 50 names in 100 units, whose sizes wander. Each call gives the next snapshot, 5 s later;
 * `churn` processes, the oldest, are replaced before each, half of them by names and units never seen before.
 */
export function madeUpHost({ count, churn }) {
  const random = randomNumbers(1);
  const members = [];
  let made = 0;
  let uptime = 1e8;
  let oldest = 0;
  const create = (fresh) => {
    const number = made++;
    const name = fresh && number % 2 === 1 ? `job-${number}` : `app-${String(number % NAMES).padStart(2, '0')}`;
    const unit = fresh && number % 2 === 1 ? `run-${number}.scope` : `app-${number % UNITS}.service`;
    const cgroup = `/system.slice/${unit}`;
    const who = { pid: 100 + (number % 30_000), start: uptime / 10 + number, startedAt: uptime, ppid: 1, name };
    const program = { exe: `/usr/bin/${name}`, build: '3f1c09a2' };
    return { process: { ...who, ...program, uid: 1000, user: 'app', cgroup, unit }, size: (1 + 50 * random()) * MiB };
  };
  for (let i = 0; i < count; i += 1) members.push(create(false));

  return function next() {
    uptime += 5_000;
    for (let i = 0; i < churn; i += 1) {
      members[oldest] = create(true);
      oldest = (oldest + 1) % count;
    }
    return snapshotOf(
      members.map((member) => sampleOf(member, { uptime, random })),
      uptime,
    );
  };
}

/** Sizes wander by up to 5 % around where they began. */
function sampleOf({ process, size }, { uptime, random }) {
  const pss = Math.round((size * (0.95 + 0.1 * random())) / 4096) * 4096;
  const exact = { at: uptime, pss, swapPss: 0, rss: pss, uss: pss, anon: pss, file: 0, shmem: 0, dirty: pss };
  return { process, rss: pss, exact };
}

function snapshotOf(processes, uptime) {
  const memory = { total: 64 * 1024 * MiB, available: 32 * 1024 * MiB, anon: 25_000 * MiB, mapped: 0 };
  return {
    time: 1.7e12 + uptime,
    uptime,
    boot: 'bench',
    host: 'bench',
    memory: { ...memory, swapTotal: 0, swapFree: 0 },
    processes,
    gone: 0,
    cost: { exact: processes.length, wall: 1, longest: 1, cpu: 1 },
  };
}
