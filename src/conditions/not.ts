import type { Condition, ConditionPlugin, Doubt, Verdict } from '../core/types.ts';
import { Inverted } from './logic/inverted.ts';

const plugin: ConditionPlugin = {
  summary: 'A condition does not hold. What is not known stays unknown.',
  example: { above: { age: '10m' } },
  schema: { $ref: '#/$defs/condition' },
  async create(data: unknown, context): Promise<Condition> {
    const inner = await context.condition(data, []);
    return {
      ...inner,
      test(target): Verdict | undefined {
        const verdict = inner.test(new Inverted(target));
        return verdict && { ...verdict, met: !verdict.met };
      },
      doubts: (target): readonly Doubt[] => inner.doubts?.(new Inverted(target)) ?? [],
      fault: (target): string | undefined => inner.fault?.(new Inverted(target)),
    };
  },
};

export default plugin;
