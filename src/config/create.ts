import type { Plugin } from '../core/types.ts';
import { faultOf } from './attempt.ts';
import type { Options } from './data.ts';
import { hideValues, variableValues } from './hide.ts';
import type { Path } from './place.ts';
import { fillSecrets, secretTexts } from './secrets.ts';
import { standIns } from './unsent.ts';
import { type Environment, fillVariables } from './variables.ts';

/** Something wrong with options, at a path in them. */
export interface Wrong {
  readonly path: Path;
  readonly message: string;
}

/** What an action or sink is made from. */
export interface Ingredients<C> {
  /** As written: variables and secrets are filled in here, at the last moment. */
  readonly options: Options;
  readonly env: Environment;
  readonly context: C;
  /** It is made for somebody who sends nothing: it does without secrets, and without variables that are not set. */
  readonly unsent?: boolean | undefined;
  /** Checks the options once the variables are filled in. */
  readonly validate?: (options: Options) => Promise<readonly Wrong[]>;
}

/** Makes an action or a sink, or says what is wrong with its options, in words that hold no secret. */
export async function create<T, C>(
  plugin: Plugin<T, C>,
  ingredients: Ingredients<C>,
): Promise<{ made: T } | { wrong: readonly Wrong[] }> {
  const { env, unsent = false } = ingredients;
  const wrong: Wrong[] = [];
  const unset: Path[] = [];
  const options = fillVariables(ingredients.options, env, (path, message, isUnset) => {
    wrong.push({ path, message });
    if (isUnset) unset.push(path);
  });
  if (wrong.length === 0) return createOf(plugin, options, ingredients);
  if (!unsent || unset.length < wrong.length) return { wrong };
  for (const whole of standIns(options, plugin, unset)) {
    const outcome = await createOf(plugin, whole, ingredients);
    if ('made' in outcome) return outcome;
  }
  // Of what was put in nobody would understand what is wrong with it.
  return { wrong };
}

async function createOf<T, C>(
  plugin: Plugin<T, C>,
  filled: Options,
  { options, env, context, validate, unsent }: Ingredients<C>,
): Promise<{ made: T } | { wrong: readonly Wrong[] }> {
  const wrong = (await validate?.(filled)) ?? [];
  if (wrong.length > 0) return { wrong };
  const hidden = variableValues(options, env);
  try {
    const complete = unsent ? filled : fillSecrets(filled, plugin.schema);
    for (const text of secretTexts(complete, plugin.schema)) hidden.set(text, hidden.get(text) ?? '***');
    return { made: await plugin.create(complete as never, context) };
  } catch (error) {
    const { path, message } = faultOf(error, { file: '', path: [] });
    return { wrong: [{ path, message: hideValues(message, hidden) }] };
  }
}
