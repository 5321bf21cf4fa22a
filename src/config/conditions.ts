import { OptionError } from '../core/errors.ts';
import { suggest } from '../core/nearest.ts';
import type { Condition, ConditionContext } from '../core/types.ts';
import { isOptionError } from './attempt.ts';
import type { Path } from './place.ts';
import type { Plugins } from './plugins.ts';

/** How often conditions will be asked, and who hears what is doubtful about them, at a path from their data. */
type Remarks = Pick<ConditionContext, 'interval' | 'warn'>;

const NOBODY: Remarks = { interval: 0, warn: () => undefined };

/** Makes a condition and those inside it. @throws OptionError whose path leads from `data` to what is wrong. */
export async function createCondition(data: unknown, plugins: Plugins, remarks: Remarks = NOBODY): Promise<Condition> {
  const [name, options] = onlyKey(data);
  if (!plugins.has('conditions', name)) {
    throw new OptionError(
      [name],
      `there is no condition "${name}": ${suggest(name, plugins.names('conditions'), 'conditions')}`,
    );
  }
  const plugin = await plugins.get('conditions', name);
  const context: ConditionContext = {
    interval: remarks.interval,
    warn: (path, message) => remarks.warn([name, ...path], message),
    condition: (inner, path) => {
      const within: Remarks = { ...context, warn: (deeper, message) => context.warn([...path, ...deeper], message) };
      return rebased(path, () => createCondition(inner, plugins, within));
    },
  };
  return await rebased([name], async () => plugin.create(options as never, context));
}

/** Lets an error's path begin at the outer data. */
async function rebased(path: Path, create: () => Promise<Condition>): Promise<Condition> {
  try {
    return await create();
  } catch (error) {
    throw isOptionError(error) ? new OptionError([...path, ...error.path], error.message) : error;
  }
}

function onlyKey(data: unknown): [string, unknown] {
  const entries = typeof data === 'object' && data !== null ? Object.entries(data) : [];
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) throw new OptionError([], 'a condition is a mapping with one key');
  return entry;
}
