/** A made-up host whose every snapshot follows from a seed and its number: whoever judges all of them sees the same alerts. */

const MiB = 2 ** 20;
const TARGETS = 6;
/** Snapshots are a second apart, ms. */
const SECOND = 1_000;

/** A whole number from 0 to 2^32 - 1 (a mix of Murmur3's kind). */
function mixed(...parts) {
  let hash = 0x9e3779b9;
  for (const part of parts) {
    hash = Math.imul(hash ^ part, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return hash >>> 0;
}

/** What one target does: it is heavy or light for some snapshots, and now and then it is another process, or none for long. */
function processOf(seed, target, number) {
  const stretch = Math.floor(number / (3 + target));
  const life = Math.floor(number / 40);
  if (mixed(seed, target, Math.floor(number / 16), 3) % 8 === 0) return [];
  const heavy = mixed(seed, target, stretch, 1) % 2 === 0;
  const pid = 100 + target + (mixed(seed, target, life, 2) % 3) * 100;
  const pss = heavy ? 200 * MiB : MiB;
  const info = { startedAt: 0, ppid: 1, uid: 1000, user: 'app', cgroup: '/' };
  const at = number * SECOND;
  const exact = { at, pss, swapPss: 0, rss: pss, uss: pss, anon: pss, file: 0, shmem: 0, dirty: pss };
  return [{ process: { pid, start: pid, name: `target${target}`, ...info }, rss: pss, exact }];
}

/** The snapshot of that number, from 1 on. */
export function snapshotAt(seed, number) {
  const processes = Array.from({ length: TARGETS }, (_, target) => processOf(seed, target, number)).flat();
  return {
    time: 1_800_000_000_000 + number * SECOND,
    uptime: number * SECOND,
    boot: 'the-only-boot',
    host: 'made-up',
    memory: { total: 2 ** 34, available: 2 ** 33, anon: 0, mapped: 0, swapTotal: 0, swapFree: 0 },
    processes,
    gone: 0,
    cost: { exact: processes.length, wall: 1, longest: 1, cpu: 1 },
  };
}

/** The one rule: who holds more than 100 MiB for two snapshots is told of, reminded of, and told of again when it is over. */
export function ruleOf(steps) {
  return {
    name: 'heavy',
    key: 'heavy-1',
    severity: 'warning',
    labels: {},
    select: { matches: () => true, changing: false, text: 'everything' },
    by: 'name',
    when: {
      wants: [],
      test(target) {
        const value = target.known('pss');
        if (value === undefined) return undefined;
        return { met: value > 100 * MiB, value, limit: 100 * MiB, unit: 'bytes', because: () => `pss is ${value}` };
      },
    },
    for: 2 * SECOND,
    keep: 0,
    repeat: 3 * SECOND,
    noData: 'keep',
    mode: 'active',
    message: ({ target }) => target.name,
    steps,
  };
}
