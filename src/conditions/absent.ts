import type { Condition, ConditionPlugin, Verdict } from '../core/types.ts';

const plugin: ConditionPlugin = {
  summary: 'No process matches. Known from the first snapshot on, so that a process that never started is missed.',
  example: {},
  schema: { type: 'object', properties: {}, additionalProperties: false },
  create: (): Condition => ({
    wants: [],
    wholeSelection: true,
    test(target): Verdict {
      const value = target.members.length;
      const because = (): string =>
        value === 0 ? 'no process matches' : `${value} ${value === 1 ? 'process matches' : 'processes match'}`;
      return { met: value === 0, value, limit: 1, unit: 'count', because };
    },
  }),
};

export default plugin;
