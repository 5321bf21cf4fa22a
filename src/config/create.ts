import type { Plugin } from '../core/types.ts';
import { faultOf } from './attempt.ts';
import type { Options } from './data.ts';
import { hideValues, variableValues } from './hide.ts';
import type { Path } from './place.ts';
import { fillSecrets, secretTexts } from './secrets.ts';
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
  /** Checks the options once the variables are filled in. */
  readonly validate?: (options: Options) => Promise<readonly Wrong[]>;
}

/** Makes an action or a sink, or says what is wrong with its options, in words that hold no secret. */
export async function create<T, C>(
  plugin: Plugin<T, C>,
  { options, env, context, validate }: Ingredients<C>,
): Promise<{ made: T } | { wrong: readonly Wrong[] }> {
  const wrong: Wrong[] = [];
  const filled = fillVariables(options, env, (path, message) => {
    wrong.push({ path, message });
  });
  if (wrong.length === 0) wrong.push(...((await validate?.(filled)) ?? []));
  if (wrong.length > 0) return { wrong };
  const hidden = variableValues(options, env);
  try {
    const complete = fillSecrets(filled, plugin.schema);
    for (const text of secretTexts(complete, plugin.schema)) hidden.set(text, hidden.get(text) ?? '***');
    return { made: await plugin.create(complete as never, context) };
  } catch (error) {
    const { path, message } = faultOf(error, { file: '', path: [] });
    return { wrong: [{ path, message: hideValues(message, hidden) }] };
  }
}
