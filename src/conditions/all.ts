import type { ConditionPlugin } from '../core/types.ts';
import { refuseContradiction } from './logic/contradiction.ts';
import { compose, createParts, listSchema } from './logic/parts.ts';

const plugin: ConditionPlugin = {
  summary: 'Every condition of a list holds.',
  example: [{ above: { pss: '200MiB' } }, { above: { age: '10m' } }],
  schema: listSchema,
  async create(list: readonly unknown[], context) {
    const parts = await createParts(list, context);
    refuseContradiction(list);
    return compose(parts, false);
  },
};

export default plugin;
