import type { ErrorObject } from 'ajv/dist/2020.js';
import { messageOf } from '../core/errors.ts';
import { escapeControls } from '../core/escape.ts';
import { parseClock, parseDays } from '../core/telling/window.ts';
import { parseDuration, parseLevel, parsePercent, parseRate, parseSize } from '../core/units.ts';
import { suggest } from './nearest.ts';
import type { Path } from './place.ts';

/** What a validator found, in words: where, and what to write instead. */
export interface Finding {
  readonly path: Path;
  readonly message: string;
  readonly atKey?: boolean;
}

/** Readers of psstop's notations, by the title of their definition. What they throw says what to write. */
const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  size: parseSize,
  duration: parseDuration,
  rate: parseRate,
  percent: parsePercent,
  level: parseLevel,
  days: parseDays,
  'time of the day': parseClock,
};

/** A file may be wrong in every line; nobody reads more than this. */
const MOST = 200;

/** Puts a validator's errors into words, one for each mistake. */
export function explain(errors: readonly ErrorObject[], data: unknown): Finding[] {
  const first = errors.slice(0, MOST);
  const found = first.filter((error) => !isBranch(error, first));
  const findings = found.map((error): Finding => ({ path: pathOf(error, data), ...reasonOf(error) }));
  if (errors.length > MOST) findings.push({ path: [], message: 'there are more mistakes than are shown here' });
  return findings;
}

/** True for what one alternative of an `anyOf` or `oneOf` says: the whole has an error of its own. */
function isBranch(error: ErrorObject, errors: readonly ErrorObject[]): boolean {
  return errors.some((whole) => {
    if (whole === error || (whole.keyword !== 'anyOf' && whole.keyword !== 'oneOf')) return false;
    if (!error.instancePath.startsWith(whole.instancePath)) return false;
    const refs = (whole.schema as readonly { $ref?: string }[]).flatMap(({ $ref }) => $ref ?? []);
    return [whole.schemaPath, ...refs].some((start) => error.schemaPath.startsWith(`${start}/`));
  });
}

function pathOf(error: ErrorObject, data: unknown): Path {
  let value: unknown = data;
  const path: (string | number)[] = [];
  for (const token of error.instancePath.split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(value) ? Number(key) : key);
    value = (value as Record<string, unknown> | undefined)?.[key];
  }
  const unknown: unknown =
    error.params.additionalProperty ?? error.params.unevaluatedProperty ?? error.params.propertyName;
  return typeof unknown === 'string' ? [...path, unknown] : path;
}

type Reason = Omit<Finding, 'path'>;

const REASONS: Readonly<Record<string, (error: ErrorObject) => Reason>> = {
  additionalProperties: ({ params, parentSchema }) => unknownKey(String(params.additionalProperty), parentSchema),
  unevaluatedProperties: ({ params, parentSchema }) => unknownKey(String(params.unevaluatedProperty), parentSchema),
  propertyNames: ({ params }) => ({
    message: `${quote(params.propertyName)} is not a name: use letters, digits, . _ and -`,
    atKey: true,
  }),
  required: ({ params, parentSchema }) => ({
    message: `"${params.missingProperty}" is missing${meaning(parentSchema, params.missingProperty)}`,
  }),
  enum: ({ data, params }) => ({
    message: `${quote(data)} is not known: ${suggest(String(data), params.allowedValues.map(String), 'choices')}`,
  }),
  const: ({ params }) => ({ message: `this must be ${quote(params.allowedValue)}` }),
  minProperties: (error) => ({ message: tooFew(error) }),
  maxProperties: ({ data, params, parentSchema }) => ({
    message: `at most ${params.limit} may be here, not ${list(Object.keys(data as object))}${together(parentSchema)}`,
  }),
  minItems: ({ params }) => ({
    message: `this list needs at least ${params.limit} ${params.limit === 1 ? 'entry' : 'entries'}`,
  }),
  maxItems: ({ params }) => ({ message: `this list may have at most ${params.limit} entries` }),
  uniqueItems: () => ({ message: 'the same entry is here twice' }),
  minLength: () => ({ message: 'this must not be empty' }),
  anyOf: alternatives,
  oneOf: alternatives,
};

function reasonOf(error: ErrorObject): Reason {
  const schema = (error.parentSchema ?? {}) as Schema;
  if (schema.title === 'secret') return { message: 'a secret is a text or { file: PATH }' };
  const notation = readNotation(error.data, schema);
  if (notation !== undefined) return { message: notation };
  const known = REASONS[error.keyword];
  if (known) return known(error);
  if (error.keyword === 'type') return { message: wrongType(error, schema) };
  if (error.keyword === 'pattern') return { message: `${quote(error.data)} does not fit${expected(schema)}` };
  return { message: `${quote(error.data)} ${error.message ?? 'is wrong'}${expected(schema)}` };
}

interface Schema {
  readonly title?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

/** What the reader of a notation says of a text or number that is not in it. */
function readNotation(data: unknown, { title = '' }: Schema): string | undefined {
  const read = READERS[title];
  if (!read || (typeof data !== 'string' && typeof data !== 'number')) return undefined;
  try {
    read(String(data));
  } catch (error) {
    return messageOf(error);
  }
  return undefined;
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  object: 'a mapping',
  array: 'a list',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
};

function wrongType({ data, params }: ErrorObject, schema: Schema): string {
  const wanted = [params.type].flat().filter((type) => type !== 'null');
  const words = wanted.map((type) => TYPES[String(type)] ?? String(type)).join(' or ');
  return `this must be ${words}, not ${describe(data)}${expected(schema)}`;
}

function describe(data: unknown): string {
  if (data === null) return 'nothing';
  if (Array.isArray(data)) return 'a list';
  return typeof data === 'object' ? 'a mapping' : quote(data);
}

function unknownKey(key: string, parent: unknown): Reason {
  const keys = Object.keys((parent as Schema | undefined)?.properties ?? {});
  return { message: `unknown key ${quote(key)}: ${suggest(key, keys, 'keys')}`, atKey: true };
}

function tooFew({ params, parentSchema }: ErrorObject): string {
  const keys = Object.keys((parentSchema as Schema | undefined)?.properties ?? {});
  const needs = params.limit === 1 ? 'a key' : `${params.limit} keys`;
  return `${needs} is missing here: one of ${keys.join(', ')}`;
}

/** Conditions can be put together; other mappings with one key can't. */
function together(parent: unknown): string {
  const { properties = {} } = parent as Schema;
  return 'all' in properties && 'any' in properties ? ': put several conditions into a list under all or any' : '';
}

function meaning(parent: unknown, key: unknown): string {
  const part = (parent as Schema | undefined)?.properties?.[String(key)];
  return part?.examples?.[0] === undefined ? '' : `: write for instance ${String(key)}: ${sample(part.examples[0])}`;
}

function expected({ description, examples }: Schema): string {
  const [example] = examples ?? [];
  if (example !== undefined) return `: write for instance ${sample(example)}`;
  return description === undefined ? '' : `: ${description.replace(/\.$/, '')}`;
}

function alternatives(error: ErrorObject): Reason {
  const branches = error.schema as readonly Schema[];
  const keys = branches.flatMap(({ required }) => required ?? []);
  if (keys.length === 0)
    return { message: `${describe(error.data)} does not fit${expected((error.parentSchema ?? {}) as Schema)}` };
  const which = error.params.passingSchemas ? 'only one of these may be here' : 'one of these is missing';
  return { message: `${which}: ${[...new Set(keys)].join(', ')}` };
}

function list(keys: readonly string[]): string {
  return keys.length > 5 ? `${keys.slice(0, 5).map(quote).join(', ')} …` : keys.map(quote).join(', ');
}

function sample(example: unknown): string {
  return typeof example === 'string' ? example : JSON.stringify(example);
}

/** A value as a reader of the message can find it in the file, however long or odd it is. */
function quote(value: unknown): string {
  const text = typeof value === 'string' ? `"${value}"` : (JSON.stringify(value) ?? String(value));
  return escapeControls(text.length > 80 ? `${text.slice(0, 79)}…` : text);
}
