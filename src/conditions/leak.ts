import type { ConditionPlugin } from '../core/types.ts';
import { formatDuration } from '../core/units.ts';
import { leaking } from './leak/judge.ts';
import { type LeakOptions, leakSchema, readLeak, readShortLeak } from './leak/options.ts';
import { leakingShortly } from './leak/short.ts';

/** Of fewer snapshots the least of a part is no trough. */
const FEWEST = 24;

const plugin: ConditionPlugin = {
  summary:
    'Memory is taken and never given back: no warm-up, cache, collector, daily cycle, step, load or shift of sharing.',
  example: { over: '1d', grade: 'confirmed', 'at-least': '16MiB' },
  schema: leakSchema,
  create(options: LeakOptions, { interval, warn }) {
    const short = readShortLeak(options);
    if (short === undefined) return leaking(readLeak(options));
    const least = FEWEST * interval;
    if (short.within < least) {
      const pace = `with a snapshot every ${formatDuration(interval)}`;
      warn(['within'], `${pace} too few fall into ${options.within} to tell: write ${formatDuration(least)} or more`);
    }
    return leakingShortly(short);
  },
};

export default plugin;
