import { messageOf, OptionError } from '../core/errors.ts';
import { escapeControls } from '../core/escape.ts';
import type { Condition, ConditionPlugin, TargetView, Verdict } from '../core/types.ts';
import { compileExpression, type Expression, type Value } from './expression/evaluator.ts';
import { describeValue, readerOf, VOCABULARY } from './expression/names.ts';

const plugin: ConditionPlugin = {
  summary: 'A CEL expression over the measures gives true; not known unless all that it uses is known exactly.',
  example: 'pss > (firing ? 450 : 500) * MiB && count > 2',
  schema: {
    type: 'string',
    minLength: 1,
    maxLength: 2000,
    description:
      'CEL. Measures are in bytes and age in seconds; KiB MiB GiB kB MB GB, ram, limit, name, unit and user stand ready.',
  },
  async create(text: string): Promise<Condition> {
    const expression = await compile(text);
    const readers = expression.names.map((name) => [name, readerOf(name)] as const);
    return { wants: [], test: (target) => test({ text, expression, readers }, target) };
  },
};

export default plugin;

async function compile(text: string): Promise<Expression> {
  try {
    return await compileExpression(text, VOCABULARY);
  } catch (error) {
    throw new OptionError([], messageOf(error));
  }
}

interface Compiled {
  readonly text: string;
  readonly expression: Expression;
  readonly readers: readonly (readonly [string, ReturnType<typeof readerOf>])[];
}

function test({ text, expression, readers }: Compiled, target: TargetView): Verdict | undefined {
  const values: Record<string, Value> = {};
  for (const [name, read] of readers) {
    const value = read(target);
    if (value === undefined) return undefined;
    values[name] = value;
  }
  const met = expression.evaluate(values);
  if (met === undefined) return undefined;
  const because = (): string => {
    const seen = Object.entries(values).map(([name, value]) => escapeControls(describeValue(name, value)));
    return `${text} is ${met}: ${seen.join(', ')}`;
  };
  return { met, value: met ? 1 : 0, limit: 1, unit: 'count', because };
}
