import type { ConditionPlugin } from '../core/types.ts';
import { readScript, type ScriptOptions, scriptSchema } from './script/options.ts';

/** The one condition that does more than reckon: see script/asker.ts for how the others stay untouched by it. */
const plugin: ConditionPlugin = {
  summary: 'A JavaScript or TypeScript module of yours says so of a target, within a deadline.',
  example: { file: '/etc/psstop/scripts/busy.js', needs: ['pss'], with: { most: 5 }, timeout: '100ms' },
  acts: true,
  schema: scriptSchema,
  async create(options: ScriptOptions) {
    const { asking } = await import('./script/judge.ts');
    return asking(await readScript(options));
  },
};

export default plugin;
