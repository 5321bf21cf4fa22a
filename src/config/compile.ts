import { RulesError } from '../core/errors.ts';
import type { Listener } from '../core/listener.ts';
import type { ActionContext, Rule, SinkContext } from '../core/types.ts';
import type { LoadedData } from './data.ts';
import { createListeners } from './on.ts';
import { type Fault, formatPath } from './place.ts';
import { findPlugins } from './plugins.ts';
import { compileRule } from './rule.ts';
import { compileSettings } from './settings.ts';
import { createSinks, type NamedSink } from './sinks.ts';
import type { Environment } from './variables.ts';
import type { Workshop } from './workshop.ts';

/**
 * Makes the rules of loaded data, with their conditions and actions; those with `enabled: false` are left out. Variables
 * and secrets are read here, from `env` (default: the process's own) and from their files.
 * @throws RulesError naming everything that is wrong: a secret's file that is gone, a log that can't be opened …
 */
export async function compileRules(
  data: LoadedData,
  { actionContext, env = process.env }: Surroundings,
): Promise<Rule[]> {
  const shop = await openShop(data, { actionContext, env });
  const rules: Rule[] = [];
  for (const entry of data.rules) {
    if (entry.data.enabled === false) continue;
    const rule = await compileRule(entry, shop);
    if (rule) rules.push(rule);
  }
  await closeIfWrong(shop);
  return rules;
}

/** Makes who is told of what happens to psstop itself. @throws RulesError as compileRules does. */
export async function compileListeners(data: LoadedData, surroundings: Surroundings): Promise<Listener[]> {
  const shop = await openShop(data, surroundings);
  const listeners = await createListeners(shop);
  await closeIfWrong(shop);
  return listeners;
}

/** What actions are made with. */
interface Surroundings {
  readonly actionContext: ActionContext;
  readonly env?: Environment;
}

async function openShop(data: LoadedData, { actionContext, env = process.env }: Surroundings): Promise<Workshop> {
  const settings = compileSettings(data, env);
  const plugins = await findPlugins(settings.plugins);
  const { interval } = settings;
  // What is doubtful stands in the data: the loader has found it.
  const found = { faults: [], warnings: [], made: new Map(), selections: new Map() };
  return { data, plugins, env, context: actionContext, interval, ...found };
}

/** @throws RulesError where anything was found wrong; what was made is closed then. */
async function closeIfWrong({ faults, made }: Workshop): Promise<void> {
  if (faults.length === 0) return;
  const all = await Promise.all(made.values());
  await Promise.allSettled(all.map((entry) => entry?.action.close?.()));
  throw rulesError(faults);
}

/** Makes the sinks that psstop.yaml names. @throws RulesError as compileRules does. */
export async function compileSinks(
  data: LoadedData,
  { sinkContext, env = process.env }: { sinkContext: SinkContext; env?: Environment },
): Promise<NamedSink[]> {
  const plugins = await findPlugins(compileSettings(data, env).plugins);
  const faults: Fault[] = [];
  const sinks = await createSinks(data, { plugins, env, context: sinkContext, faults });
  if (faults.length === 0) return sinks;
  await Promise.allSettled(sinks.map(({ sink }) => sink.close?.()));
  throw rulesError(faults);
}

/** Line and column are not known here: the daemon does not parse files. */
function rulesError(faults: readonly Fault[]): RulesError {
  return new RulesError(faults.map(({ file, path, message }) => ({ file, path: formatPath(path), message })));
}
