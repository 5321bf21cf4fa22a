import { list } from '../../core/list.ts';
import { formatList } from '../../core/list-text.ts';
import { procSource } from '../../sources/proc/source.ts';
import type { World } from '../world.ts';

/** How many processes the first table shows. */
const ROWS = 15;

/** Prints the biggest processes, while the rules are being loaded: something to see at once. */
export async function printFirstTable(world: World, root: string): Promise<void> {
  const details = { cmdline: false, cgroup: false, exe: false, user: false, ceiling: false };
  const source = procSource({ root, interval: 1_000, details, notice: () => undefined });
  try {
    world.stdout.write(formatList(list(await source.snapshot(), { top: ROWS }), world.stdout.columns));
  } finally {
    await source.close();
  }
}
