import type { ConditionPlugin } from '../core/types.ts';
import { leaking } from './leak/judge.ts';
import { type LeakOptions, leakSchema, readLeak } from './leak/options.ts';

const plugin: ConditionPlugin = {
  summary:
    'Memory is taken and never given back: no warm-up, cache, collector, daily cycle, step, load or shift of sharing.',
  example: { over: '1d', grade: 'confirmed', 'at-least': '16MiB' },
  schema: leakSchema,
  create: (options: LeakOptions) => leaking(readLeak(options)),
};

export default plugin;
