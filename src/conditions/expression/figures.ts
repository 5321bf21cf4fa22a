import type { Bounds } from '../../core/types.ts';
import { isExact } from './bounds.ts';

/** What CEL reckons with. */
export type Value = number | string | boolean;

/** What is known of a variable: a number or a truth (0 or 1) within bounds, or a text; undefined when nothing is. */
export type Figure = Bounds | string | undefined;

/** A figure for each variable of an expression, in their order. */
export type Figures = readonly Figure[];

/** A variable that an expression uses. */
export interface Variable {
  readonly name: string;
  /** CEL's name of its type: `double`, `string` or `bool`. */
  readonly type: string;
  /** The place of its figure. */
  readonly index: number;
}

/** The values of variables by name; undefined where one is not known exactly. */
export function valuesOf(variables: readonly Variable[], figures: Figures): Record<string, Value> | undefined {
  const values: Record<string, Value> = {};
  for (const { name, type, index } of variables) {
    const value = asValue(figures[index], type);
    if (value === undefined) return undefined;
    values[name] = value;
  }
  return values;
}

function asValue(figure: Figure, type: string): Value | undefined {
  if (typeof figure === 'string') return figure;
  if (!isExact(figure)) return undefined;
  return type === 'bool' ? figure.low === 1 : figure.low;
}
