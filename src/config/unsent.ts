import type { Plugin } from '../core/types.ts';
import type { Options } from './data.ts';
import { type Path, within } from './place.ts';
import { secretPlaces } from './secrets.ts';

/** What stands where a secret is not known. Plugins that are not to go live take it for one. */
const UNKNOWN_SECRET = { file: '/unknown' };

/** True for what lies inside an action or a sink of psstop.yaml or a rules file: who sends nothing can do without it. */
export function isForSending([first, , third]: Path): boolean {
  if (first === 'rules') return third === 'then' || third === 'escalate';
  return first === 'actions' || first === 'defaults' || first === 'on' || first === 'sinks';
}

/**
 * Options that lack variables, made whole for somebody who sends nothing, the likeliest first: a secret stands as one whose file
 * was not read; any other option is left out, or is that of the plugin's example. @param unset where variables lack.
 */
export function standIns(
  options: Options,
  { schema, example }: Pick<Plugin<unknown, never>, 'schema' | 'example'>,
  unset: readonly Path[],
): readonly Options[] {
  const secrets = secretPlaces(schema, options);
  const secretOf = (path: Path): Path | undefined => secrets.find((place) => within(path, place));
  const places = unset.map(secretOf).filter((place) => place !== undefined);
  const known = places.reduce<unknown>(withUnknown, options) as Options;
  const lacking = new Set(unset.filter((path) => secretOf(path) === undefined).map(([key]) => String(key)));
  const without = (from: Options, left: boolean): Options =>
    Object.fromEntries(Object.entries(from).filter(([key]) => lacking.has(key) !== left));
  const rest = without(known, true);
  return [rest, { ...rest, ...without(example as Options, false) }];
}

function withUnknown(value: unknown, [key, ...further]: Path): unknown {
  if (key === undefined) return UNKNOWN_SECRET;
  const copy: unknown = Array.isArray(value) ? [...value] : { ...(value as Options) };
  const holder = copy as Record<string | number, unknown>;
  holder[key] = withUnknown(holder[key], further);
  return copy;
}
