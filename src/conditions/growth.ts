import type { ConditionPlugin } from '../core/types.ts';
import { growing } from './growth/judge.ts';
import { type GrowthOptions, growthSchema, readGrowth } from './growth/options.ts';

const plugin: ConditionPlugin = {
  summary: 'A measure grows faster than a rate over a window; a mere shift of sharing does not count.',
  example: { pss: '10MiB/h', over: '1h', confidence: 0.9, 'at-least': '20MiB' },
  schema: growthSchema,
  create: (options: GrowthOptions) => growing(readGrowth(options)),
};

export default plugin;
