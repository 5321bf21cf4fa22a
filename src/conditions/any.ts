import type { ConditionPlugin } from '../core/types.ts';
import { compose, createParts, listSchema } from './logic/parts.ts';

const plugin: ConditionPlugin = {
  summary: 'At least one condition of a list holds.',
  example: [{ above: { pss: '80% of limit' } }, { above: { swap: '200MiB' } }],
  schema: listSchema,
  create: async (list: readonly unknown[], context) => compose(await createParts(list, context), true),
};

export default plugin;
