import { whoElseCanChange } from '../files/permissions.ts';
import type { LoadedData, StepData } from './data.ts';
import { stepsIn } from './names.ts';
import type { Plugins } from './plugins.ts';
import type { Sources } from './sources.ts';
import { nameAndOptions } from './step-data.ts';

/** Refuses rules that act, and a folder of plugins, where others than root and this user could have written them. */
export async function checkWriters(
  data: LoadedData,
  { plugins, folder }: { plugins: Plugins; folder: string | undefined },
  sources: Sources,
): Promise<void> {
  const files = (await acts(data, plugins)) ? [...sources.files.keys()] : [];
  for (const file of folder === undefined ? files : [...files, folder]) {
    const danger = whoElseCanChange(file);
    if (danger !== undefined) sources.problems.push({ file, path: '', message: danger });
  }
}

/** Whether any action acts, or any condition runs code of the user's. */
async function acts({ rules, actions, config }: LoadedData, plugins: Plugins): Promise<boolean> {
  const steps = [
    ...rules.flatMap(({ data }) => stepsIn(data).map(({ step }) => step)),
    ...actions.map(({ data }) => data),
    ...(Array.isArray(config.on) ? config.on.flatMap((one) => one?.then ?? []) : []),
  ];
  const used = {
    actions: new Set(steps.filter(isStep).map((step) => nameAndOptions(step)[0])),
    conditions: new Set(rules.flatMap(({ data }) => keysBelow(data.when))),
  };
  for (const kind of ['actions', 'conditions'] as const) {
    for (const name of used[kind]) {
      // A plugin that can't even be loaded is a fault of its own, and acts on nothing.
      const plugin = plugins.has(kind, name) ? await plugins.get(kind, name).catch(() => undefined) : undefined;
      if (plugin?.acts) return true;
    }
  }
  return false;
}

/** Every key of a condition and of those inside it. */
function keysBelow(data: unknown): string[] {
  if (typeof data !== 'object' || data === null) return [];
  const own = Array.isArray(data) ? [] : Object.keys(data);
  return [...own, ...Object.values(data).flatMap(keysBelow)];
}

/** The files may be wrong in any way: what is no step does nothing. */
function isStep(step: unknown): step is StepData {
  return typeof step === 'string' || (typeof step === 'object' && step !== null);
}
