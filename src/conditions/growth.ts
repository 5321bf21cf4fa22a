import type { ConditionPlugin } from '../core/types.ts';
import { formatDuration } from '../core/units.ts';
import { growing, shortestWindow } from './growth/judge.ts';
import { type GrowthOptions, growthSchema, readGrowth } from './growth/options.ts';

const plugin: ConditionPlugin = {
  summary: 'A measure grows faster than a rate over a window; a mere shift of sharing does not count.',
  example: { pss: '10MiB/h', over: '1h', confidence: 0.9, 'at-least': '20MiB' },
  schema: growthSchema,
  create(options: GrowthOptions, { interval, warn }) {
    const growth = readGrowth(options);
    const least = shortestWindow(growth, interval);
    if (growth.window < least) {
      const pace = `with a snapshot every ${formatDuration(interval)}`;
      warn(['over'], `${pace} too few fall into ${options.over} to tell: write ${formatDuration(least)} or more`);
    }
    return growing(growth);
  },
};

export default plugin;
