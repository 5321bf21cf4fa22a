import type { ConditionPlugin } from '../core/types.ts';
import { type ThresholdOptions, threshold, thresholdSchema } from './threshold/threshold.ts';

const plugin: ConditionPlugin = {
  summary: 'A measure is below a level; while the alert fires, below the level in clear.',
  example: { available: '10% of ram', clear: '15% of ram' },
  schema: thresholdSchema('A firing alert ends at or above this level. Written like the limit; not below it.'),
  create: (options: ThresholdOptions) => threshold('below', options),
};

export default plugin;
