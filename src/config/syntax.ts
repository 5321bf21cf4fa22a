import type { YAMLError } from 'yaml';

/** Something wrong in a text, at an offset in it. */
export interface Slip {
  readonly offset: number;
  readonly message: string;
}

type Fault = Pick<YAMLError, 'code' | 'message' | 'pos'>;

/** What the parser found, in words of somebody who writes rules: one slip a line, since what follows one is seldom another. */
export function slipsOf(faults: readonly Fault[], text: string): Slip[] {
  const lines = new Map<number, Fault[]>();
  for (const fault of faults) {
    const start = text.lastIndexOf('\n', fault.pos[0] - 1) + 1;
    lines.set(start, [...(lines.get(start) ?? []), fault]);
  }
  return [...lines].flatMap(([start, [first, ...more]]) => {
    if (first === undefined) return [];
    const multiline = [first, ...more].some(({ code }) => code === 'MULTILINE_IMPLICIT_KEY');
    const offset = first.pos[0];
    const line = lineAt(text, start);
    const message = WORDS[first.code]?.({ offset, line, multiline, rest: lineAt(text, offset), said: first.message });
    return [{ offset, message: message ?? first.message }];
  });
}

/** A quoted text, as the lexer gives it, whose closing quote is missing. The parser tells of the end of the text, which may be far away. */
export function unclosedQuote(lexeme: string, offset: number): Slip | undefined {
  const [quote = ''] = lexeme;
  if (quote !== '"' && quote !== "'") return undefined;
  if (lexeme.length > 1 && lexeme.endsWith(quote)) return undefined;
  return { offset, message: `the text that begins here is never closed: a ${quote} is missing` };
}

interface Place {
  readonly offset: number;
  /** The line from its first column, and from the fault on. */
  readonly line: string;
  readonly rest: string;
  /** What should be a key reaches over the end of its line. */
  readonly multiline: boolean;
  /** The parser's own words. */
  readonly said: string;
}

const INDENTED = 'begin in the same column';

/** By the parser's codes; its own words serve for all others. */
const WORDS: Readonly<Record<string, (place: Place) => string | undefined>> = {
  TAB_AS_INDENT: () => 'tabs are not allowed as indentation: write spaces',
  BAD_INDENT: ({ said }) => {
    const closing = /end with a (.)$/.exec(said)?.[1];
    if (closing !== undefined) return `a ${closing} is missing before this line`;
    return `this line is indented otherwise than those before it: all ${said.includes('sequence') ? 'entries of one list' : 'keys of one mapping'} ${INDENTED}`;
  },
  MISSING_CHAR: ({ said, line }) => {
    if (said.startsWith('Sequence item'))
      return `this line is indented otherwise than the keys before it: they ${INDENTED}`;
    return said.startsWith('Implicit map keys') ? withoutColon(line) : undefined;
  },
  MULTILINE_IMPLICIT_KEY: ({ line }) => withoutColon(line),
  BLOCK_AS_IMPLICIT_KEY: ({ line, multiline }) => {
    if (/^\s*-[^\s-]/.test(line)) return withoutSpace(line.trim(), '-');
    if (!multiline) return 'a text that holds ": " must stand in quotes';
    return `the next line is indented as if it belonged to this text: all keys of one mapping ${INDENTED}`;
  },
  NON_STRING_KEY: ({ rest }) => inQuotes(rest) ?? 'a key must be a text',
  BAD_SCALAR_START: ({ rest }) => inQuotes(rest),
  UNEXPECTED_TOKEN: ({ said }) =>
    said.endsWith('at node end')
      ? "nothing may follow the end of this text: put all of it in quotes, and write a ' within '…' twice"
      : undefined,
  BAD_DQ_ESCAPE: ({ said }) => {
    const sequence = /\\.?/.exec(said)?.[0] ?? '\\';
    return `${sequence} means nothing between double quotes: write '…' around the text, or \\${sequence}`;
  },
};

function withoutColon(line: string): string {
  const [, key = '', value = ''] = /^\s*(?:- )?([A-Za-z-]+):?\s*(.*?)\s*$/.exec(line) ?? [];
  if (/^\s*-[^\s-]/.test(line)) return withoutSpace(line.trim(), '-');
  if (new RegExp(`${key}:\\S`).test(line)) return withoutSpace(`${key}:${value}`, ':');
  return `a colon is missing after the key${value === '' ? '' : `: write ${key}: ${value}`}; a line that continues a text is indented deeper than its key`;
}

function withoutSpace(line: string, sign: string): string {
  const at = line.indexOf(sign) + 1;
  return `a space is missing after the ${sign === '-' ? 'dash' : 'colon'}: write ${line.slice(0, at)} ${line.slice(at)}`;
}

function inQuotes(rest: string): string | undefined {
  const start = rest.startsWith('{') ? '{{' : rest[0];
  return start === undefined ? undefined : `a text that begins with ${start} must stand in quotes`;
}

function lineAt(text: string, start: number): string {
  const end = text.indexOf('\n', start);
  const line = text.slice(start, end < 0 ? undefined : end);
  return line.length > 60 ? `${line.slice(0, 60)}…` : line;
}
