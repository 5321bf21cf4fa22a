import type { ConditionPlugin } from '../core/types.ts';
import { builds } from './regression/build.ts';
import { regressing } from './regression/judge.ts';
import { type RegressionOptions, readRegression, regressionSchema } from './regression/options.ts';

const plugin: ConditionPlugin = {
  summary: 'The build that runs holds more than the builds before it did at the same age.',
  example: { grade: 'confirmed', more: '10%', build: { cmdline: 'api-([0-9.]+)[.]jar' } },
  schema: regressionSchema,
  async create(options: RegressionOptions) {
    return regressing({ ...readRegression(options), build: await builds(options.build) });
  },
};

export default plugin;
