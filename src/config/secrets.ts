import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { OptionError } from '../core/errors.ts';
import type { JsonSchema } from '../core/types.ts';
import { describeError } from './files.ts';
import type { Path } from './place.ts';

/** What a schema says where a secret is allowed. */
export const SECRET = '#/$defs/secret';

const LARGEST = 64 * 1024;

/** Where in a plugin's options a secret stands: the places that the schema marks with `$ref: #/$defs/secret`. */
export function secretPlaces(schema: unknown, options: unknown, path: Path = []): Path[] {
  if (!isObject(schema) || options === undefined || options === null) return [];
  if (schema.$ref === SECRET) return [path];
  const branches = [schema.anyOf, schema.oneOf, schema.allOf].flat();
  const places = branches.flatMap((branch) => secretPlaces(branch, options, path));
  if (Array.isArray(options)) {
    places.push(...options.flatMap((item, index) => secretPlaces(schema.items, item, [...path, index])));
  } else if (isObject(options)) {
    const properties = isObject(schema.properties) ? schema.properties : {};
    for (const [key, item] of Object.entries(options)) {
      const part = Object.hasOwn(properties, key) ? properties[key] : schema.additionalProperties;
      places.push(...secretPlaces(part, item, [...path, key]));
    }
  }
  return places;
}

/**
 * Replaces each `{ file: PATH }` where a secret is allowed by what the file holds, less one newline at its end.
 * @throws OptionError when a file can't be read, is open to everybody or is too long; it never holds the secret.
 */
export function fillSecrets<T>(options: T, schema: JsonSchema): T {
  const places = secretPlaces(schema, options);
  if (places.length === 0) return options;
  const copy = structuredClone(options);
  for (const path of places) {
    const holder = valueAt(copy, path.slice(0, -1));
    const value = valueAt(copy, path);
    const last = path.at(-1);
    if (last === undefined || !isObject(holder) || !isObject(value)) continue;
    if (typeof value.file === 'string') holder[last] = readSecret(value.file, path);
  }
  return copy;
}

/** The secrets in options that are filled in. */
export function secretTexts(options: unknown, schema: JsonSchema): string[] {
  return secretPlaces(schema, options)
    .map((path) => valueAt(options, path))
    .filter((value) => typeof value === 'string');
}

function valueAt(data: unknown, path: Path): unknown {
  return path.reduce((value, step) => (isObject(value) ? value[step] : undefined), data);
}

function readSecret(file: string, path: Path): string {
  const wrong = (message: string): OptionError => new OptionError([...path, 'file'], message);
  if (!isAbsolute(file)) throw wrong(`"${file}" is not an absolute path: write /etc/psstop/NAME`);
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch (error) {
    throw wrong(`the secret's file ${file} can't be read: ${describeError(error)}`);
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw wrong(`${file} is not a regular file`);
    if ((stat.mode & 0o004) !== 0) throw wrong(`everybody can read the secret in ${file}: run "chmod o= ${file}"`);
    if (stat.size > LARGEST) throw wrong(`${file} is longer than 64 KiB: that is no secret`);
    return readFileSync(fd, 'utf8').replace(/\r?\n$/, '');
  } finally {
    closeSync(fd);
  }
}

function isObject(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null;
}
