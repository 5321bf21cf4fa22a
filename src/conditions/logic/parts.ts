import { OptionError } from '../../core/errors.ts';
import type {
  Condition,
  ConditionContext,
  Doubt,
  JsonSchema,
  SeriesWant,
  TargetView,
  Verdict,
} from '../../core/types.ts';

/** A condition inside another one, with its own text for the case that it has no verdict to explain. */
export interface Part {
  readonly condition: Condition;
  readonly text: string;
  /** `any of`, `not all of`: what it asks of its own list; absent where it has none. */
  readonly list?: string;
}

/** Schema of a list of conditions. */
export const listSchema: JsonSchema = { type: 'array', items: { $ref: '#/$defs/condition' }, minItems: 1 };

/** Makes every condition of a list. @throws OptionError when it is empty. */
export async function createParts(list: readonly unknown[], context: ConditionContext): Promise<readonly Part[]> {
  if (list.length === 0) throw new OptionError([], 'the list is empty: write at least one condition');
  const parts: Part[] = [];
  for (const [index, data] of list.entries()) {
    const inner = listOf(data);
    const condition = await context.condition(data, [index]);
    parts.push({ condition, text: describe(data), ...(inner !== undefined && { list: inner }) });
  }
  return parts;
}

/**
 * Three-valued "and" (Kleene): not met as soon as one part is not met, met when all are, otherwise unknown.
 * With `decisive` turned to true it is "or". The first part that decides gives value and limit. All parts are asked, so
 * that all can be explained; while the rule is firing, all go by their `clear` level.
 */
export function compose(parts: readonly Part[], decisive: boolean): Condition {
  const whole = parts.some((part) => part.condition.wholeSelection === true);
  const limits = parts.some((part) => part.condition.asksLimits === true);
  return {
    wants: unite(parts),
    ...(whole && { wholeSelection: true }),
    ...(limits && { asksLimits: true }),
    test(target): Verdict | undefined {
      const verdicts = parts.map((part) => part.condition.test(target));
      const first = deciding(verdicts, decisive);
      if (first === undefined) return undefined;
      return {
        met: first.met,
        // Some conditions reckon it only when it is read.
        get value(): number {
          return first.value;
        },
        get rough(): boolean {
          return parts.some((part, index) => isRough(part, verdicts[index], target));
        },
        limit: first.limit,
        ...(first.fires !== undefined && { fires: first.fires }),
        unit: first.unit,
        because: () => explain(parts, verdicts),
      };
    },
    doubts: (target) => doubtsOf(parts, decisive, target),
    fault: (target) => faultOf(parts, target),
  };
}

/**
 * What the undecided parts must know, unless another part decides for the whole. A part with a history always must: what is
 * known now becomes its next point, and counts later.
 */
function doubtsOf(parts: readonly Part[], decisive: boolean, target: TargetView): readonly Doubt[] {
  const momentary: Doubt[] = [];
  const lasting: Doubt[] = [];
  let decided = false;
  for (const { condition } of parts) {
    const ofMoment = condition.wants.length === 0;
    decided ||= ofMoment && condition.test(target)?.met === decisive;
    const doubts = condition.doubts?.(target);
    if (doubts !== undefined) (ofMoment ? momentary : lasting).push(...doubts);
  }
  return decided ? lasting : [...momentary, ...lasting];
}

/** The first one: one thing is repaired at a time. */
function faultOf(parts: readonly Part[], target: TargetView): string | undefined {
  for (const { condition } of parts) {
    const fault = condition.fault?.(target);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Whether reading would change what is told: another part may be the first that decides, and each has something to say. */
function isRough({ condition }: Part, verdict: Verdict | undefined, target: TargetView): boolean {
  if (verdict !== undefined) return verdict.rough === true;
  return (condition.doubts?.(target) ?? []).length > 0;
}

/** The verdict that stands for all of them; undefined when it is not known. */
function deciding(verdicts: readonly (Verdict | undefined)[], decisive: boolean): Verdict | undefined {
  let unknown = false;
  for (const verdict of verdicts) {
    if (verdict?.met === decisive) return verdict;
    unknown ||= verdict === undefined;
  }
  return unknown ? undefined : verdicts[0];
}

/** A condition as its owner wrote it, on one line: `above { pss: 500MiB }`. */
export function describe(data: unknown): string {
  if (Array.isArray(data)) return `[${data.map(describe).join(', ')}]`;
  if (typeof data !== 'object' || data === null) return String(data);
  const fields = Object.entries(data);
  const [only] = fields;
  if (only !== undefined && fields.length === 1 && typeof only[1] === 'object')
    return `${only[0]} ${describe(only[1])}`;
  return `{ ${fields.map(([key, value]) => `${key}: ${describe(value)}`).join(', ')} }`;
}

/** What stands before the answers of a list that is a part itself: without it they would run into those of the list around it. */
function listOf(data: unknown, negated = false): string | undefined {
  const [name, inner] = Object.entries(data ?? {})[0] ?? [];
  if (name === 'not') return listOf(inner, !negated);
  return name === 'all' || name === 'any' ? `${negated ? 'not ' : ''}${name} of` : undefined;
}

function explain(parts: readonly Part[], verdicts: readonly (Verdict | undefined)[]): string {
  return parts
    .map(({ text, list }, index) => {
      const verdict = verdicts[index];
      if (verdict === undefined) return `not known: ${text}`;
      const why = list === undefined ? verdict.because() : `${list} (${verdict.because()})`;
      return `${verdict.met ? 'met' : 'not met'}: ${why}`;
    })
    .join('; ');
}

function unite(parts: readonly Part[]): readonly SeriesWant[] {
  return [...new Set(parts.flatMap((part) => part.condition.wants))];
}
