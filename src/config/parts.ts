import { OptionError } from '../core/errors.ts';
import { suggest } from '../core/nearest.ts';
import type { ActionContext, Part, Recipient } from '../core/types.ts';
import { create, type Wrong } from './create.ts';
import type { Options, StepData, TimingData } from './data.ts';
import { nameAndOptions, splitTiming } from './step-data.ts';
import type { Workshop } from './workshop.ts';

/** Makes who stands in for an action, by what is said beside its options. */
type StandIn = (timing: TimingData) => Promise<Recipient | undefined>;

/**
 * Makes the actions that stand inside another one's options. Each belongs to that one alone, so it is made anew. Its
 * variables have been filled in together with those of the action around it.
 */
export function partMaker(shop: Workshop, standIn: StandIn): NonNullable<ActionContext['part']> {
  return async (data, path) => {
    const [name, written] = nameAndOptions(data as StepData);
    const named = shop.data.actions.find((action) => action.name === name);
    // What stands under `actions` has its own variables still to be filled in.
    const made =
      named === undefined ? await makePart(name, { written, filled: true }, shop) : await ofName(named.data, shop);
    if ('action' in made) {
      const fallback = named && (await standIn(splitTiming(nameAndOptions(named.data)[1]).timing));
      return { name, action: made.action, ...(fallback && { fallback }) };
    }
    const [first] = made.wrong;
    throw new OptionError([...path, ...(named === undefined ? (first?.path ?? []) : [])], first?.message ?? 'is wrong');
  };
}

type Made = { readonly action: Part['action'] } | { readonly wrong: readonly Wrong[] };

function ofName(data: StepData, shop: Workshop): Promise<Made> {
  const [name, written] = nameAndOptions(data);
  return makePart(name, { written: splitTiming(written).own, filled: false }, shop);
}

async function makePart(
  name: string,
  { written, filled }: { written: Options; filled: boolean },
  shop: Workshop,
): Promise<Made> {
  const { plugins, data, context, env, validate } = shop;
  if (!plugins.has('actions', name)) {
    const names = new Set([...data.actions.map((action) => action.name), ...plugins.names('actions')]);
    return { wrong: [{ path: [], message: `there is no action "${name}": ${suggest(name, [...names], 'actions')}` }] };
  }
  const { own, timing } = splitTiming(written);
  const [key] = Object.keys(timing);
  if (key !== undefined)
    return { wrong: [{ path: [name, key], message: 'it is run when the action around it says so: leave this out' }] };
  const plugin = await plugins.get('actions', name);
  const defaults = data.config.defaults?.[name];
  const { part: _, ...plain }: ActionContext = context;
  const outcome = await create(plugin, {
    options: filled ? { ...defaults, ...escaped(own) } : { ...defaults, ...own },
    env,
    context: plain,
    unsent: data.unsent,
    ...(validate && { validate: (complete: Options) => validate(name, complete) }),
  });
  if ('made' in outcome) return { action: outcome.made };
  return { wrong: outcome.wrong.map((wrong) => ({ ...wrong, path: [name, ...wrong.path] })) };
}

/** Texts in which the variables are filled in already: nothing in them is a variable any more. */
function escaped<T>(value: T): T {
  if (typeof value === 'string') return value.replaceAll('${', () => '$${') as T;
  if (Array.isArray(value)) return value.map(escaped) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, escaped(item)])) as T;
}
