import { messageOf, OptionError } from '../core/errors.ts';
import type { Condition, ConditionPlugin, TargetView, Verdict } from '../core/types.ts';
import { isExact } from './expression/bounds.ts';
import { compileExpression, type Expression } from './expression/evaluator.ts';
import type { Figures } from './expression/figures.ts';
import { describeFigure, doubtOf, readerOf, VOCABULARY } from './expression/names.ts';

const plugin: ConditionPlugin = {
  summary:
    'A CEL expression over the measures gives true; not known where that hangs on a figure that is not known exactly, or divides by zero.',
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
    const readers = expression.names.map(readerOf);
    const look = (target: TargetView): Figures => readers.map((read) => read(target));
    return {
      wants: [],
      test: (target) => judge(text, expression, look(target)),
      doubts: (target) => expression.gaps(look(target)).map(doubtOf),
      fault: (target) => explainFault(text, expression, look(target)),
    };
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

function judge(text: string, { names, decide }: Expression, figures: Figures): Verdict | undefined {
  const met = decide(figures);
  if (met === undefined) return undefined;
  const because = (): string => `${text} is ${met}: ${describe(names, figures)}`;
  // The answer is certain, but what is told of it should be figures.
  const rough = figures.some((figure) => typeof figure === 'object' && !isExact(figure));
  return { met, value: met ? 1 : 0, rough, limit: 1, unit: 'count', because };
}

function explainFault(text: string, { names, fault }: Expression, figures: Figures): string | undefined {
  const wrong = fault(figures);
  return wrong && `${text} has no value: ${wrong}, with ${describe(names, figures)}`;
}

function describe(names: readonly string[], figures: Figures): string {
  return names.map((name, index) => describeFigure(name, figures[index])).join(', ');
}
