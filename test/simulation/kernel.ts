import { type Host, RAM, spacesOf, tasksOf } from './host.ts';
import { type Block, blocksOf, refsOf, unmap, unmapAll } from './pages.ts';
import { isExclusive, merge, swapIn, swapOut, unite } from './sharing.ts';

/** Blocks grow together up to so many pages. */
const LARGEST = 2048;
/** Pages that a CPU may hold back (vm_stat_threshold). */
const MOST_DRIFT = 125;

/** What the kernel and the administrator do. */
export function manage(host: Host): void {
  const { dice, drift } = host;
  drift.anon = dice.between(-MOST_DRIFT, MOST_DRIFT);
  drift.mapped = dice.between(-MOST_DRIFT, MOST_DRIFT);
  if (dice.chance(0.15)) some(host, (block) => block.kind === 'anon' && !block.merged, 12).forEach(swapOut);
  if (dice.chance(0.1)) some(host, (block) => block.kind !== 'anon', 2).forEach(unmapAll);
  if (dice.chance(0.15)) mergeEqual(host);
  if (dice.chance(0.02)) swapOff(host);
  if (dice.chance(0.002)) dropCaches(host);
  if (dice.chance(0.05)) limit(host);
  if (dice.chance(0.05)) unite(spacesOf(host), LARGEST);
}

/** Brings everything back from swap: no process takes a fault for it. */
function swapOff(host: Host): void {
  for (const ref of refsOf(spacesOf(host))) swapIn(ref, { minor: 0, major: 0 });
}

function dropCaches(host: Host): void {
  for (const ref of refsOf(spacesOf(host))) if (ref.block.kind === 'file') unmap(ref);
}

function some(host: Host, wanted: (block: Block) => boolean, most: number): Block[] {
  const blocks = [...blocksOf(spacesOf(host))].filter(wanted);
  const picked = Array.from({ length: host.dice.between(1, most) }, () => host.dice.pick(blocks));
  return picked.filter((block) => block !== undefined);
}

/** ksmd at work on the virtual machines: pages of the same number are equal, or all of them are empty. */
function mergeEqual(host: Host): void {
  const own = refsOf(tasksOf(host, 'qemu').map(({ space }) => space));
  const refs = own.filter(({ block }) => isExclusive(block));
  const first = host.dice.pick(refs);
  const equal = refs.filter(({ entries }) => entries === first?.entries);
  if (host.dice.chance(0.3)) merge(refs.slice(0, 4), 1);
  else if (first && equal.length > 1) merge(equal, first.entries);
}

function limit(host: Host): void {
  const task = host.dice.pick([...host.tasks.values()]);
  if (task === undefined) return;
  if (host.dice.chance(0.3)) host.limits.delete(task.role.cgroup);
  else host.limits.set(task.role.cgroup, Math.floor(RAM * host.dice.between(2, 25) * 0.01));
}
