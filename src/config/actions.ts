import { OptionError } from '../core/errors.ts';
import { suggest } from '../core/nearest.ts';
import type { Recipient } from '../core/types.ts';
import { inside, type Place } from './attempt.ts';
import { create } from './create.ts';
import type { Entry, Options, StepData } from './data.ts';
import { partMaker } from './parts.ts';
import type { Path } from './place.ts';
import { stableJson } from './stable.ts';
import { nameAndOptions, splitTiming } from './step-data.ts';
import type { MadeAction, Workshop } from './workshop.ts';

/** An action where it stands in a file. */
interface Use {
  readonly data: StepData;
  readonly place: Place;
}

/** Makes the action that a step names: one of `actions`, else a plugin with the options given here. Undefined when something is wrong with it. */
export function makeAction(use: Use, shop: Workshop): Promise<MadeAction | undefined> {
  const [name] = nameAndOptions(use.data);
  const entry = shop.data.actions.find((action) => action.name === name);
  return entry ? makeNamed(entry, shop) : makeInline(use, shop);
}

/** Makes one of `actions`, once. */
export function makeNamed(entry: Entry<StepData>, shop: Workshop): Promise<MadeAction | undefined> {
  return once(`name ${entry.name}`, shop, async () => {
    const made = await makeInline({ data: entry.data, place: entry }, shop);
    return made && { ...made, name: entry.name, named: true };
  });
}

/**
 * Makes who stands in for an action. @param path to the option that says who, where it stands in the rule itself.
 * @throws OptionError when that acts on processes rather than telling somebody.
 */
export async function createFallback(
  made: Pick<MadeAction, 'timing'>,
  shop: Workshop,
  path: Path = [],
): Promise<Recipient | undefined> {
  const { fallback } = made.timing;
  const entry = shop.data.actions.find(({ name }) => name === fallback);
  const stand = entry && (await makeNamed(entry, shop));
  if (stand === undefined) return undefined;
  if (stand.action.exclusive) {
    throw new OptionError(path, `${stand.name} acts on processes: a fallback is an action that tells somebody`);
  }
  const further = await createFallback(stand, shop, path);
  return { name: stand.name, action: stand.action, ...(further && { fallback: further }) };
}

function makeInline(use: Use, shop: Workshop): Promise<MadeAction | undefined> {
  const [name, written] = nameAndOptions(use.data);
  if (!shop.plugins.has('actions', name)) {
    const names = new Set([...shop.data.actions.map((action) => action.name), ...shop.plugins.names('actions')]);
    const message = `there is no action "${name}": ${suggest(name, [...names], 'actions')}`;
    shop.faults.push({ file: use.place.file, path: use.place.path, message });
    return Promise.resolve(undefined);
  }
  const { own, timing } = splitTiming(written);
  const options = { ...shop.data.config.defaults?.[name], ...own };
  return once(`options ${stableJson([name, options, timing])}`, shop, async () => {
    const { env, validate } = shop;
    const origin = originOf(use, own, shop);
    const context = {
      ...shop.context,
      part: partMaker(shop, (timing) => createFallback({ timing }, shop)),
      warn: (path: Path, message: string) => void shop.warnings.push({ ...origin(path), message }),
    };
    const plugin = await shop.plugins.get('actions', name);
    const check = validate && { validate: (filled: Options) => validate(name, filled) };
    const outcome = await create(plugin, { options, env, context, unsent: shop.data.unsent, ...check });
    if ('made' in outcome) return { name, named: false, plugin, timing, action: outcome.made };
    shop.faults.push(...outcome.wrong.map(({ path, message }) => ({ ...origin(path), message })));
    return undefined;
  });
}

function once(
  key: string,
  shop: Workshop,
  make: () => Promise<MadeAction | undefined>,
): Promise<MadeAction | undefined> {
  const known = shop.made.get(key) ?? make();
  shop.made.set(key, known);
  return known;
}

/** Options stand in the rule or, what is not there, under `defaults`. */
function originOf({ data, place }: Use, own: Options, shop: Workshop): (path: Path) => Place {
  const [name] = nameAndOptions(data);
  const { config, configFile } = shop.data;
  return (path) => {
    const [key] = path;
    const fromDefaults =
      key !== undefined && !Object.hasOwn(own, key) && Object.hasOwn(config.defaults?.[name] ?? {}, key);
    if (fromDefaults && configFile !== undefined) return { file: configFile, path: ['defaults', name, ...path] };
    return typeof data === 'string' ? inside(place) : inside(place, name, ...path);
  };
}
