import type { Problem } from '../core/errors.ts';
import type { ActionContext } from '../core/types.ts';
import { parseInterval } from '../core/units.ts';
import { makeNamed } from './actions.ts';
import { attempt, faultOf } from './attempt.ts';
import type { ConfigData, LoadedData, Options, WindowData } from './data.ts';
import { unknownLabels } from './labels.ts';
import { checkNames, gather } from './names.ts';
import { createListeners } from './on.ts';
import { formatPath, type Path } from './place.ts';
import { findPlugins, type Plugins } from './plugins.ts';
import { parseRate } from './rate.ts';
import { compileRule } from './rule.ts';
import { compileSettings } from './settings.ts';
import { createSinks } from './sinks.ts';
import {
  configuredRules,
  isSound,
  listRules,
  problemsOf,
  readSource,
  type SourceFile,
  type Sources,
  warningsOf,
} from './sources.ts';
import { windowsOf } from './telling.ts';
import { checkSchemas, createValidator, type Validator } from './validate.ts';
import type { Environment } from './variables.ts';
import type { Workshop } from './workshop.ts';
import { checkWriters } from './writers.ts';

/** What is to be loaded. Paths are absolute, or relative to the working directory. */
export interface LoadRequest {
  readonly config?: string;
  /** Files and folders, in place of those that psstop.yaml names. */
  readonly rules?: readonly string[];
  /** From one snapshot to the next, ms, in place of what psstop.yaml says. */
  readonly interval?: number;
  /** Only where state is kept is asked for. */
  readonly stored?: boolean;
  /** Nothing will be sent: what actions and sinks lack of variables is only a warning, and no secret's file is read. */
  readonly unsent?: boolean;
  readonly env: Environment;
}

/** The data, or everything that is wrong with it. */
export type LoadAnswer = { readonly data: LoadedData } | { readonly problems: readonly Problem[] };

/**
 * Reads configuration and rules and tries everything on them that the daemon will do: schemas, names, and a dry
 * compile, for which nothing is opened, connected or started. Finds as much as it can in one go.
 */
export async function check(request: LoadRequest): Promise<LoadAnswer> {
  const lacking = request.unsent ? { lacking: [] } : {};
  const sources: Sources = { env: request.env, files: new Map(), faults: [], warnings: [], problems: [], ...lacking };
  const config = request.config === undefined ? undefined : readSource(request.config, sources);
  const written = (config?.data ?? {}) as ConfigData;
  const settings = settingsOf(config, sources);
  const tools = await prepare(settings.plugins, sources);
  if (tools === undefined) return { problems: problemsOf(sources) };
  const { plugins, validator } = tools;
  validate(config, validator.config, sources);
  checkSettings(config, sources);
  const configured = config ? configuredRules(config.file, (config.filled as ConfigData | null)?.rules) : [];
  const watch = request.rules ?? configured;
  for (const file of listRules(watch, sources)) validate(readSource(file, sources), validator.rules, sources);
  const named = gather(sources.files.values());
  checkNames(named, plugins, sources);
  const data: LoadedData = {
    config: written,
    ...(request.config !== undefined && { configFile: request.config }),
    ...named,
    ...(request.unsent && { unsent: true }),
    warnings: [],
    files: [...sources.files.keys()],
    digests: Object.fromEntries([...sources.files].map(([file, { digest }]) => [file, digest])),
    watch: [...(request.config === undefined ? [] : [request.config]), ...watch],
  };
  await dryCompile({ data, plugins, validator, sources, pace: request.interval });
  await checkWriters(data, { plugins, folder: settings.plugins }, sources);
  const problems = problemsOf(sources);
  return problems.length > 0 ? { problems } : { data: { ...data, warnings: warningsOf(sources) } };
}

/** A folder of the user's may hold anything; what is wrong with psstop's own plugins is a bug. */
async function prepare(
  folder: string | undefined,
  sources: Sources,
): Promise<{ plugins: Plugins; validator: Validator } | undefined> {
  const load = async (): Promise<{ plugins: Plugins; validator: Validator }> => {
    const plugins = await findPlugins(folder);
    const validator = await createValidator(plugins);
    if (folder !== undefined) checkSchemas(plugins, validator);
    return { plugins, validator };
  };
  return folder === undefined ? load() : attempt({ file: folder, path: [] }, sources.faults, load);
}

function validate(source: SourceFile | undefined, find: Validator['rules'], sources: Sources): void {
  if (source === undefined) return;
  const { file } = source;
  // What is wrong for want of a variable is said once.
  const said = [...sources.faults, ...(sources.lacking ?? [])].filter((fault) => fault.file === file);
  const known = new Set(said.map(({ path }) => formatPath(path)));
  const found = find(source.filled).filter(({ path }) => !known.has(formatPath(path)));
  sources.faults.push(...found.map((finding) => ({ file, ...finding })));
}

/** Settings whose schema lets through what makes no sense, and what finds that out. */
const READERS: readonly (readonly [Path, (value: never) => unknown])[] = [
  [['interval'], parseInterval],
  [['limits', 'restarts'], parseRate],
  [['limits', 'quiet'], (windows: WindowData) => windowsOf(windows, [])],
];

function checkSettings(config: SourceFile | undefined, sources: Sources): void {
  if (config === undefined) return;
  for (const [path, read] of READERS) {
    const value = path.reduce((value: unknown, key) => (value as Options | null | undefined)?.[key], config.filled);
    const place = { file: config.file, path };
    if (value === undefined || !isSound(place, sources)) continue;
    try {
      read(value as never);
    } catch (error) {
      sources.faults.push(faultOf(error, place));
    }
  }
}

/** A folder of plugins must be known before the schema is: what is wrong with it is told by the schema. */
function settingsOf(config: SourceFile | undefined, sources: Sources): { plugins?: string; proc: string } {
  const { plugins, proc } = (config?.filled ?? {}) as ConfigData;
  const data = { ...(typeof plugins === 'string' && { plugins }), ...(typeof proc === 'string' && { proc }) };
  return compileSettings({ config: data, ...(config && { configFile: config.file }) }, sources.env);
}

interface Trial {
  readonly data: LoadedData;
  readonly plugins: Plugins;
  readonly validator: Validator;
  readonly sources: Sources;
  /** From one snapshot to the next, ms, where it is not psstop.yaml that says it. */
  readonly pace: number | undefined;
}

/** Makes everything that the schema found nothing wrong with. */
async function dryCompile({ data, plugins, validator, sources, pace }: Trial): Promise<void> {
  const { env, faults, warnings } = sources;
  const sound = (path: readonly string[]): boolean =>
    data.configFile === undefined || isSound({ file: data.configFile, path }, sources);
  if (!sound(['defaults'])) return;
  // Another of the settings may be wrong.
  const settled = (['proc', 'interval'] as const).filter((key) => data.config[key] !== undefined && sound([key]));
  const config: ConfigData = Object.fromEntries(settled.map((key) => [key, data.config[key]]));
  const { proc, interval } = compileSettings({ config }, env);
  const context: ActionContext = { host: 'localhost', version: '0', proc, console: false, live: false };
  const found: typeof faults = [];
  const shop: Workshop = {
    ...{
      data,
      plugins,
      env,
      context,
      interval: pace ?? interval,
      faults: found,
      warnings,
      made: new Map(),
      selections: new Map(),
    },
    validate: async (action, options) => validator.options('actions', action, options),
  };
  for (const action of data.actions) {
    if (isSound(action, sources)) await makeNamed(action, shop);
    else shop.made.set(`name ${action.name}`, Promise.resolve(undefined));
  }
  const sane = data.rules.filter((rule) => isSound(rule, sources));
  for (const rule of sane) await compileRule(rule, shop);
  // One that is not sane may have the label.
  if (sane.length === data.rules.length) warnings.push(...unknownLabels(sane));
  if (sound(['on'])) await createListeners(shop);
  if (sound(['sinks'])) {
    const quiet = { host: 'localhost', version: '0', live: false, notice: () => undefined };
    await createSinks(data, { plugins, env, context: quiet, faults: found });
  }
  faults.push(...found);
}
