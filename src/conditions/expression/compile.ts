import { exactly } from '../../core/measure.ts';
import type { Bounds } from '../../core/types.ts';
import { NO, YES } from './bounds.ts';
import { type Value, type Variable, valuesOf } from './figures.ts';
import { calculation, comparison, negation } from './numbers.ts';
import { constant, gapsOfAll, numeric, type Term, variable } from './term.ts';
import { childrenOf, namesIn, type Tree } from './tree.ts';
import { choice, denial, junction } from './truths.ts';

/** What the names in an expression mean, and who knows the rest of CEL. */
export interface Language {
  readonly variables: ReadonlyMap<string, Variable>;
  readonly constants: Readonly<Record<string, number>>;
  /** Hands a part of the expression to CEL itself. */
  part(node: Tree): Part;
}

/** A part of an expression that CEL evaluates. */
export interface Part {
  /** CEL's name of its type. */
  readonly type: string;
  /** Undefined where it gives an error. */
  readonly evaluate: (values: Readonly<Record<string, Value>>) => unknown;
  /** The error that it gives; undefined where it gives none. */
  readonly fault: (values: Readonly<Record<string, Value>>) => unknown;
}

/** Makes a term of a checked tree, once: it is asked for every target at every snapshot. */
export function compileTerm(node: Tree, language: Language): Term {
  const term = leaf(node, language) ?? operation(node, language) ?? opaque(node, language);
  return term.constant ? constant(term.type, term.bounds([])) : term;
}

function leaf({ op, args }: Tree, { variables, constants }: Language): Term | undefined {
  if (op === 'value') return literal(args);
  if (op !== 'id') return undefined;
  const name = String(args);
  if (constants[name] !== undefined) return constant('double', exactly(constants[name]));
  const known = variables.get(name);
  return known && variable(known);
}

const LITERALS: Readonly<Record<string, string>> = { bigint: 'int', number: 'double', boolean: 'bool' };

function literal(value: unknown): Term | undefined {
  const type = LITERALS[typeof value];
  return type === undefined ? undefined : constant(type, asBounds(value));
}

function operation(node: Tree, language: Language): Term | undefined {
  const { op } = node;
  const [first, second, third] = childrenOf(node).map((child) => compileTerm(child, language));
  if (first === undefined) return undefined;
  if (second === undefined) return negation(op, first) ?? denial(op, first);
  if (third !== undefined) return op === '?:' ? choice(first, second, third) : undefined;
  return calculation(op, first, second) ?? comparison(op, first, second) ?? junction(op, first, second);
}

/** Text, lists, whole numbers: known once all that stands in it is known exactly. CEL evaluates it then. */
function opaque(node: Tree, { variables, part }: Language): Term {
  const used = namesIn(node).flatMap((name) => variables.get(name) ?? []);
  const numbers = numeric(used);
  const { type, evaluate } = part(node);
  return {
    type,
    constant: used.length === 0,
    bounds(figures): Bounds | undefined {
      const values = valuesOf(used, figures);
      return values && asBounds(evaluate(values));
    },
    gaps: (figures) => gapsOfAll(numbers, figures),
  };
}

/** What CEL gives, as bounds. A whole number that no double can hold has none. */
function asBounds(value: unknown): Bounds | undefined {
  if (typeof value === 'boolean') return value ? YES : NO;
  if (typeof value === 'number') return Number.isNaN(value) ? undefined : exactly(value);
  return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? exactly(Number(value)) : undefined;
}
