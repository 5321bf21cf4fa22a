import { UNIT_OF } from '../../core/level.ts';
import { MEASURES } from '../../core/measure.ts';
import type { Measure, ProcessInfo, TargetView } from '../../core/types.ts';
import { formatValue } from '../../core/units.ts';
import type { Value, Vocabulary } from './evaluator.ts';

const TEXTS = ['name', 'unit', 'user', 'container', 'exe'] as const satisfies readonly (keyof ProcessInfo)[];

/** What a user may name in an expression. Measures are in bytes, `age` in seconds, `coverage` from 0 to 1. */
export const VOCABULARY: Vocabulary = {
  variables: {
    ...Object.fromEntries([...MEASURES, 'ram', 'limit'].map((name) => [name, 'number' as const])),
    ...Object.fromEntries(TEXTS.map((name) => [name, 'text' as const])),
    firing: 'truth',
  },
  constants: {
    KiB: 2 ** 10,
    MiB: 2 ** 20,
    GiB: 2 ** 30,
    TiB: 2 ** 40,
    kB: 1e3,
    MB: 1e6,
    GB: 1e9,
    TB: 1e12,
    minute: 60,
    hour: 3600,
    day: 86_400,
  },
};

/** Finds the value of a name for one target; it is undefined for a measure that is not known exactly. */
export function readerOf(name: string): (target: TargetView) => Value | undefined {
  if (name === 'ram') return (target) => target.snapshot.memory.total;
  if (name === 'limit') return (target) => target.ceiling();
  if (name === 'firing') return (target) => target.firing;
  const text = TEXTS.find((one) => one === name);
  if (text !== undefined) return (target) => common(text, target);
  return (target) => measured(name as Measure, target);
}

/** A value for people: `pss 612 MiB`. */
export function describeValue(name: string, value: Value): string {
  if (typeof value !== 'number') return `${name} "${value}"`;
  const unit = UNIT_OF[name as Measure] ?? 'bytes';
  return `${name} ${formatValue(unit === 'duration' ? value * 1000 : value, unit)}`;
}

function measured(measure: Measure, target: TargetView): number | undefined {
  const value = target.known(measure);
  return value !== undefined && measure === 'age' ? value / 1000 : value;
}

/** What all members have in common; an empty text where they differ or have none. */
function common(key: (typeof TEXTS)[number], { members }: TargetView): string {
  const first = members[0]?.process[key] ?? '';
  return members.every((member) => (member.process[key] ?? '') === first) ? first : '';
}
