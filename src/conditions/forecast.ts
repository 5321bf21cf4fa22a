import type { ConditionPlugin } from '../core/types.ts';
import { foreseeing } from './forecast/judge.ts';
import { type ForecastOptions, forecastSchema, readForecast } from './forecast/options.ts';

const plugin: ConditionPlugin = {
  summary: 'A measure that grows will reach a level, or the nearest ceiling, within a time.',
  example: { memory: '100% of limit', within: '1d', confidence: 0.9 },
  schema: forecastSchema,
  create: (options: ForecastOptions) => foreseeing(readForecast(options)),
};

export default plugin;
