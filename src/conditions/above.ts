import type { ConditionPlugin } from '../core/types.ts';
import { type ThresholdOptions, threshold, thresholdSchema } from './threshold/threshold.ts';

const plugin: ConditionPlugin = {
  summary: 'A measure is above a level; while the alert fires, above the level in clear.',
  example: { pss: '500MiB', clear: '450MiB' },
  schema: thresholdSchema('A firing alert ends at or below this level. Written like the limit; not above it.'),
  create: (options: ThresholdOptions) => threshold('above', options),
};

export default plugin;
