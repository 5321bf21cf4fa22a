import type { ProcessInfo, ProcessSample, Snapshot } from '../../../src/core/types.ts';
import { type Dice, diceFrom } from '../../simulation/dice.ts';

export const MiB = 2 ** 20;

/** From one snapshot to the next, s. */
export const EVERY = 15;

/** The host has been up for so long when a story begins, s. */
const UP = 100_000;

/** A process of a story: whether it is there, and what it holds, wander. */
interface Actor {
  readonly process: ProcessInfo;
  readonly lasting: boolean;
  readonly ceiling?: number;
  pss: number;
  swap: number;
  there: boolean;
}

/** Who plays: three groups by name that always have somebody, and one that comes and goes. */
const CAST: readonly (readonly [name: string, unit: string | undefined, count: number, lasting: number])[] = [
  ['web', 'web-a.service', 2, 1],
  ['web', 'web-b.service', 2, 1],
  ['db', 'db.service', 2, 2],
  ['cache', undefined, 3, 1],
  ['batch', undefined, 2, 0],
];

/**
 * A story of seeded chances: sizes wander about 100 MiB a process, processes come and go. Time 0 is the first snapshot, in
 * Unix time as well, as in promtool's tests.
 * @param readable how likely a process is to be read; the others are known by their bounds.
 */
export function storyOf(seed: number, { steps, readable }: { steps: number; readable: number }): Snapshot[] {
  const dice = diceFrom(seed);
  const actors = cast(dice);
  return Array.from({ length: steps }, (_, step) => {
    for (const actor of actors) wander(actor, dice);
    return snapshotAt(
      step,
      actors.filter(({ there }) => there).map((actor) => sampleOf(actor, { step, dice, readable })),
      dice,
    );
  });
}

/** A story of one process, `web`, all of whose memory is its own; `sizes` gives its PSS in bytes, one for each snapshot. */
export function storyOfOne(sizes: readonly number[]): Snapshot[] {
  const dice = diceFrom(1);
  const who = { name: 'web', uid: 1, user: 'app', cgroup: '/web.service', unit: 'web.service' };
  const process = { pid: 100, start: 1, startedAt: 10, ppid: 1, ...who };
  return sizes.map((pss, step) => {
    const at = (UP + step * EVERY) * 1000;
    const exact = { at, pss, swapPss: 0, rss: pss, uss: pss, anon: pss, file: 0, shmem: 0, dirty: pss };
    return snapshotAt(step, [{ process, rss: pss, shared: 0, swap: 0, exact, last: exact }], dice);
  });
}

function cast(dice: Dice): Actor[] {
  let pid = 100;
  return CAST.flatMap(([name, unit, count, lasting]) =>
    Array.from({ length: count }, (_, index) => {
      pid += 1;
      const start = UP - dice.between(0, 1200);
      const who = { name, uid: 1, user: 'app', cgroup: `/${unit ?? name}`, ...(unit !== undefined && { unit }) };
      const process = { pid, start: start * 100, startedAt: start * 1000, ppid: 1, ...who };
      const ceiling = dice.chance(0.5) ? { ceiling: dice.between(100, 400) * MiB } : {};
      return { process, lasting: index < lasting, pss: dice.between(60, 140) * MiB, swap: 0, there: true, ...ceiling };
    }),
  );
}

function wander(actor: Actor, dice: Dice): void {
  if (dice.chance(0.3)) actor.pss = Math.max(MiB, actor.pss + dice.between(-40, 40) * MiB);
  if (dice.chance(0.1)) actor.swap = dice.between(0, 30) * MiB;
  if (!actor.lasting && dice.chance(0.15)) actor.there = !actor.there;
}

function sampleOf(
  { process, pss, swap, ceiling }: Actor,
  { step, dice, readable }: { step: number; dice: Dice; readable: number },
): ProcessSample {
  const rss = pss + dice.between(0, 30) * MiB;
  const common = { process, rss, shared: 10 * MiB, swap: swap + MiB, ...(ceiling !== undefined && { ceiling }) };
  if (!dice.chance(readable)) return { ...common, unread: 'postponed' };
  const uss = pss - dice.between(0, 20) * MiB;
  const at = (UP + step * EVERY) * 1000;
  const exact = { at, pss, swapPss: swap, rss, uss, anon: uss, file: pss - uss, shmem: 0, dirty: uss };
  return { ...common, exact, last: exact };
}

function snapshotAt(step: number, processes: readonly ProcessSample[], dice: Dice): Snapshot {
  const held = processes.reduce((sum, { exact, rss }) => sum + (exact?.pss ?? rss), 0);
  return {
    ...{ time: step * EVERY * 1000, uptime: (UP + step * EVERY) * 1000, boot: 'b', host: 'h', gone: 0, processes },
    memory: {
      ...{ total: 4096 * MiB, available: dice.between(100, 3000) * MiB, anon: held, mapped: 0 },
      ...{ swapTotal: 1024 * MiB, swapFree: 512 * MiB },
    },
    cost: { exact: processes.filter(({ exact }) => exact).length, wall: 1, longest: 1, cpu: 1 },
  };
}
