import type { ErrorObject } from 'ajv/dist/2020.js';
import { messageOf } from '../core/errors.ts';
import { suggest } from '../core/nearest.ts';
import { parseClock, parseDays } from '../core/telling/window.ts';
import { parseDuration, parseLevel, parsePercent, parseRate, parseSize } from '../core/units.ts';
import { describe, isCondition, mendKey, mendType, quote } from './mend.ts';
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
  const found = first.filter((error) => !isBranch(error, first) && !isBeside(error, first));
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

/** True for what is said of each of several entries that are written as one: how they stand is what is wrong. */
function isBeside(error: ErrorObject, errors: readonly ErrorObject[]): boolean {
  return errors.some(({ keyword, instancePath, parentSchema }) => {
    if (keyword !== 'maxProperties' || isCondition(keysOf(parentSchema))) return false;
    return error.instancePath.startsWith(`${instancePath}/`);
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
  additionalProperties: unknownKey,
  unevaluatedProperties: unknownKey,
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
    message: `at most ${params.limit} may be here, not ${list(Object.keys(data as object))}: ${apart(parentSchema)}`,
  }),
  minItems: ({ params }) => ({
    message: `this list needs at least ${params.limit} ${params.limit === 1 ? 'entry' : 'entries'}`,
  }),
  maxItems: ({ params }) => ({ message: `this list may have at most ${params.limit} entries` }),
  uniqueItems: () => ({ message: 'the same entry is here twice' }),
  minimum: ({ data, params }) => ({ message: `${quote(data)} is too small: write ${params.limit} or more` }),
  maximum: ({ data, params }) => ({ message: `${quote(data)} is too big: write ${params.limit} or less` }),
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
  if (error.keyword === 'pattern' && schema.pattern?.startsWith('^/'))
    return { message: `${quote(error.data)} is no absolute path: write one that begins with /` };
  if (error.keyword === 'pattern') return { message: `${quote(error.data)} does not fit${expected(schema)}` };
  return { message: `${quote(error.data)} ${error.message ?? 'is wrong'}${expected(schema)}` };
}

interface Schema {
  readonly title?: string;
  readonly description?: string;
  readonly pattern?: string;
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
  return `this must be ${words}, not ${describe(data)}${mendType(data, wanted) ?? expected(schema)}`;
}

function unknownKey({ params, parentSchema }: ErrorObject): Reason {
  const key = String(params.additionalProperty ?? params.unevaluatedProperty);
  return { message: mendKey(key, keysOf(parentSchema)), atKey: true };
}

function keysOf(schema: unknown): readonly string[] {
  return Object.keys((schema as Schema | undefined)?.properties ?? {});
}

function tooFew({ params, parentSchema }: ErrorObject): string {
  const keys = keysOf(parentSchema);
  const needs = params.limit === 1 ? 'a key' : `${params.limit} keys`;
  return `${needs} is missing here: one of ${keys.join(', ')}`;
}

/** Conditions can be put together; of other mappings with one key each is an entry of its own. */
function apart(parent: unknown): string {
  if (isCondition(keysOf(parent))) return 'put several conditions into a list under all or any';
  return 'begin each with a dash, and indent its options under its name';
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
