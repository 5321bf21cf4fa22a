import { list } from '../../core/list.ts';
import { formatList } from '../../core/list-text.ts';
import { procSource } from '../../sources/proc/source.ts';
import type { Given } from '../options.ts';
import { procRoot } from '../places.ts';
import type { World } from '../world.ts';

/** How many processes the first table shows. */
const ROWS = 15;

/**
 * Prints the biggest processes: something to see before the rules are loaded. A service, or who reads JSON, has nobody to
 * show it to.
 */
export async function printFirstTable(given: Given, { env, stdout }: World): Promise<void> {
  if (env.NOTIFY_SOCKET || given.values.json === true) return;
  const details = { cmdline: false, cgroup: false, exe: false, user: false, ceiling: false, load: false };
  const once = { interval: 1_000, patience: Number.POSITIVE_INFINITY, whole: false };
  const source = procSource({ root: procRoot(given) ?? '/proc', ...once, details, notice: () => undefined });
  try {
    stdout.write(formatList(list(await source.snapshot(), { top: ROWS }), stdout.columns));
  } finally {
    await source.close();
  }
}
