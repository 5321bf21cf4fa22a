import {
  Composer,
  CST,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Parser,
  visit,
} from 'yaml';
import type { Path } from './place.ts';
import { type Slip, slipsOf, unclosedQuote } from './syntax.ts';

/** Deepest nesting that is read. Real rules need about 12; the parser is recursive, and 20,000 levels would end the process. */
const DEEPEST = 64;
/** How often the contents of one anchor may be repeated by aliases. */
const MOST_ALIASES = 50;
/** What the lexer says before a text that stands in no quotes. */
const PLAIN = CST.SCALAR;
const UNKNOWN_ALIAS = 'there is no anchor of this name';

/** A text that was read as YAML. */
export interface Reading {
  readonly data: unknown;
  readonly slips: readonly Slip[];
  /** Line and column, from 1, of an offset. */
  place(offset: number): { line: number; column: number };
  /** Offset of the value at a path, or of its key; of the nearest thing around it where it is not there. */
  offset(path: Path, atKey?: boolean): number;
}

/** Reads one YAML 1.2 document from a text that may be hostile: depth and aliases are bounded, and keys are compared in linear time. */
export function readYaml(text: string): Reading {
  const place = placesOf(text);
  const failed = (...slips: readonly Slip[]): Reading => ({ data: undefined, slips, place, offset: () => 0 });
  const control = unprintable(text);
  if (control) return failed(control);
  const { tokens, refused } = tokenize(text);
  if (refused) return failed(refused);
  const composer = new Composer({ uniqueKeys: false, stringKeys: true });
  const [document, second] = composer.compose(tokens, true, text.length);
  if (document === undefined) return failed({ offset: 0, message: EMPTY });
  const slips = slipsOf([...document.errors, ...document.warnings], text);
  if (second)
    slips.push({ offset: second.range[0], message: 'a second document begins here: put it into another file' });
  slips.push(...repeatedKeys(document));
  if (slips.length > 0) return failed(...slips);
  if (isEmpty(document)) return failed({ offset: 0, message: EMPTY });
  try {
    const data: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
    return { data, slips: [], place, offset: (path, atKey = false) => offsetOf(document, path, atKey) };
  } catch (error) {
    return failed(aliasSlip(error, document));
  }
}

const EMPTY = 'the file is empty: write "rules: []" if that is meant';

/** What YAML forbids in a text (C0 and DEL but for tab and line ends), which shows that a file is something else. */
function unprintable(text: string): Slip | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const found = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.exec(text);
  if (!found) return undefined;
  const code = found[0].charCodeAt(0).toString(16).padStart(2, '0');
  return { offset: found.index, message: `this is not YAML: it holds the control character 0x${code}` };
}

/** The concrete syntax, unless it is nested too deeply or a quote stays open. Neither lexer nor parser is recursive; what composes their tokens is. */
function tokenize(text: string): { tokens: CST.Token[]; refused?: Slip } {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let before = '';
  for (const lexeme of new Lexer().lex(text)) {
    const { offset } = parser;
    tokens.push(...parser.next(lexeme));
    if (parser.stack.length > DEEPEST + 1) {
      return { tokens: [], refused: { offset, message: `nested deeper than ${DEEPEST} levels` } };
    }
    const open = before === PLAIN ? undefined : unclosedQuote(lexeme, offset);
    if (open) return { tokens: [], refused: open };
    before = lexeme;
  }
  tokens.push(...parser.end());
  return { tokens };
}

function placesOf(text: string): Reading['place'] {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
  return (offset) => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { line, column: col };
  };
}

function isEmpty({ contents }: Document): boolean {
  return contents === null || (isScalar(contents) && contents.value === null);
}

/** The parser's own check compares each key with all before it: 317 s for 100,000 keys. */
function repeatedKeys(document: Document): Slip[] {
  const slips: Slip[] = [];
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value))
          slips.push({ offset: key.range?.[0] ?? 0, message: `the key "${key.value}" is here twice` });
        seen.add(key.value);
      }
    },
  });
  return slips;
}

/** `toJS` throws for an alias without an anchor and for aliases that multiply. */
function aliasSlip(error: unknown, document: Document): Slip {
  if (!(error instanceof ReferenceError)) throw error;
  let offset = 0;
  visit(document, {
    Alias(_, node) {
      if (offset === 0 && error.message.includes(node.source)) offset = node.range?.[0] ?? 0;
    },
  });
  const unknown = error.message.startsWith('Unresolved alias');
  return {
    offset,
    message: unknown
      ? `${UNKNOWN_ALIAS}: a text that begins with * must stand in quotes`
      : 'aliases repeat too much: write it out',
  };
}

function offsetOf(document: Document, path: Path, atKey: boolean): number {
  let node: unknown = document.contents;
  let offset = startOf(node, 0);
  for (const [index, step] of path.entries()) {
    const child = childOf(isAlias(node) ? node.resolve(document) : node, step);
    if (child === undefined) break;
    offset = startOf(child.key, offset);
    if (!atKey || index < path.length - 1) offset = startOf(child.value, offset);
    node = child.value;
  }
  return offset;
}

function childOf(node: unknown, step: string | number): { key: unknown; value: unknown } | undefined {
  if (isSeq(node)) return { key: node.items[Number(step)], value: node.items[Number(step)] };
  return isMap(node) ? node.items.find(({ key }) => isScalar(key) && key.value === step) : undefined;
}

function startOf(node: unknown, otherwise: number): number {
  return isNode(node) ? (node.range?.[0] ?? otherwise) : otherwise;
}
