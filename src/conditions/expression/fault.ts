import { nearest } from '../../core/nearest.ts';
import type { Vocabulary } from './cel.ts';

/** `at character 5: …`: what is wrong in an expression. The library's own messages draw the text with an arrow, over several lines. */
export function faultIn(text: string, error: unknown, vocabulary: Vocabulary): string {
  if (!(error instanceof Error)) return String(error);
  const { summary = error.message, range } = error as { summary?: string; range?: { start: number } };
  const place = range === undefined ? '' : `at character ${range.start + 1}: `;
  return `${place}${summary}${hintOn(summary, { text, vocabulary, at: range?.start ?? 0 })}`;
}

function hintOn(summary: string, where: { text: string; vocabulary: Vocabulary; at: number }): string {
  const { variables, constants } = where.vocabulary;
  const unknown = /^Unknown variable: (.*)/.exec(summary)?.[1];
  if (unknown !== undefined) {
    const names = [...Object.keys(variables), ...Object.keys(constants)];
    const right = nearest(unknown, names);
    return right === undefined ? `; the names are ${names.join(' ')}` : `: did you mean ${right}?`;
  }
  if (!summary.startsWith('Unexpected')) return '';
  return otherNotation(where.text, where.at, Object.keys(constants));
}

/** Operators of other languages, and what CEL writes for them. */
const OPERATORS: Readonly<Record<string, string>> = { and: '&&', or: '||', not: '!', '=': '==', '<>': '!=' };

/** What was meant where a rule's own notation, or another language's, stands in an expression. */
function otherNotation(text: string, at: number, units: readonly string[]): string {
  for (const [, number, unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)\s*([A-Za-z]+)/g)) {
    if (units.includes(unit)) return `: write ${number} * ${unit}`;
  }
  const around = `${text.slice(0, at).split(/\s/).at(-1)}${text.slice(at).split(/\s/)[0]}`;
  const right = Object.hasOwn(OPERATORS, around) ? OPERATORS[around] : undefined;
  return right === undefined ? '' : `: write ${right}`;
}
