import type { ConditionPlugin } from '../core/types.ts';
import { compose, createParts, listSchema } from './logic/parts.ts';

const plugin: ConditionPlugin = {
  summary: 'Every condition of a list holds.',
  example: [{ above: { pss: '200MiB' } }, { above: { age: '10m' } }],
  schema: listSchema,
  create: async (list: readonly unknown[], context) => compose(await createParts(list, context), false),
};

export default plugin;
