import { UNIT_OF } from '../../core/level.ts';
import { exactly, MEASURES, ramOf } from '../../core/measure.ts';
import type { Bounds, Doubt, Measure, ProcessInfo, TargetView } from '../../core/types.ts';
import { formatBounds } from '../../core/units.ts';
import { divide, multiply, NO, YES } from './bounds.ts';
import type { Vocabulary } from './cel.ts';
import type { Figure } from './figures.ts';
import type { Gap } from './term.ts';

/** Ages are in seconds in an expression, and in ms elsewhere. */
const SECOND = exactly(1000);

const TEXTS = ['name', 'unit', 'user', 'container', 'exe'] as const satisfies readonly (keyof ProcessInfo)[];

/** What a user may name in an expression. Measures are in bytes, `age` in seconds, `coverage` from 0 to 1. */
export const VOCABULARY: Vocabulary = {
  variables: {
    ...Object.fromEntries([...MEASURES, 'ram', 'limit'].map((name) => [name, 'double' as const])),
    ...Object.fromEntries(TEXTS.map((name) => [name, 'string' as const])),
    firing: 'bool',
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

/** Finds what is known of a name for one target. */
export function readerOf(name: string): (target: TargetView) => Figure {
  if (name === 'ram') return (target) => known(ramOf(target.snapshot));
  if (name === 'limit') return (target) => known(target.ceiling());
  if (name === 'firing') return (target) => (target.firing ? YES : NO);
  const text = TEXTS.find((one) => one === name);
  if (text !== undefined) return (target) => common(text, target);
  if (name === 'age') return ageOf;
  return (target) => target.measure(name as Measure);
}

function known(limit: number): Figure {
  return Number.isFinite(limit) ? exactly(limit) : undefined;
}

/** What a target must be read for: names that may not be exact are measures. */
export function doubtOf({ name, level }: Gap): Doubt {
  const measure = name as Measure;
  if (level === undefined) return { measure };
  return { measure, limit: measure === 'age' ? level * SECOND.low : level };
}

/** A figure for people: `pss 612 MiB`. */
export function describeFigure(name: string, figure: Figure): string {
  if (figure === undefined) return `${name} not known`;
  if (typeof figure === 'string') return `${name} "${figure}"`;
  if (name === 'firing') return `firing ${figure === YES}`;
  if (name === 'age') return `age ${formatBounds(multiply(figure, SECOND) ?? figure, 'duration')}`;
  return `${name} ${formatBounds(figure, UNIT_OF[name as Measure] ?? 'bytes')}`;
}

function ageOf(target: TargetView): Bounds | undefined {
  const age = target.measure('age');
  return age && divide(age, SECOND);
}

/** What all members have in common; an empty text where they differ or have none. */
function common(key: (typeof TEXTS)[number], { members }: TargetView): string {
  const first = members[0]?.process[key] ?? '';
  return members.every((member) => (member.process[key] ?? '') === first) ? first : '';
}
