import { suggest } from '../core/nearest.ts';
import type { Entry, LoadedData, RuleData, StepData } from './data.ts';
import { fallbackFaults, type StepPlace } from './fallback.ts';
import { checkInhibition } from './inhibition.ts';
import { type Fault, formatPath, type Path, within } from './place.ts';
import type { Plugins } from './plugins.ts';
import type { SourceFile, Sources } from './sources.ts';

/** The named things of all files. Their data may still be wrong in any way. */
export type Named = Pick<LoadedData, 'rules' | 'actions'>;

/** Lists the rules and actions of files. What has no name is left to the schema. */
export function gather(files: Iterable<SourceFile>): Named {
  const rules: Entry<RuleData>[] = [];
  const actions: Entry<StepData>[] = [];
  for (const { file, data } of files) {
    const found = asRecord(data);
    for (const [index, rule] of asList(found.rules).entries()) {
      const { name } = asRecord(rule);
      if (typeof name === 'string') rules.push({ name, data: rule as RuleData, file, path: ['rules', index] });
    }
    for (const [name, action] of Object.entries(asRecord(found.actions))) {
      actions.push({ name, data: action as StepData, file, path: ['actions', name] });
    }
  }
  return { rules, actions };
}

/** Finds names that are given twice, and actions that are used but never defined. */
export function checkNames(named: Named, plugins: Plugins, sources: Sources): void {
  const builtIn = plugins.names('actions');
  const faults = [
    ...repeated(named.rules, 'rule', sources),
    ...repeated(named.actions, 'action', sources),
    ...named.actions
      .filter(({ name }) => builtIn.includes(name))
      .map(({ name, file, path }) => {
        return {
          file,
          path,
          atKey: true,
          message: `"${name}" is an action of psstop's own: take another name, or set its options under defaults`,
        };
      }),
    ...undefinedActions(named, builtIn),
    ...fallbackFaults(
      new Map(named.actions.map(({ name, data, file, path }) => [name, { step: data, file, path }])),
      stepsOf(named.rules),
    ),
    ...checkInhibition(named.rules),
  ];
  // What the schema says of the options of an action that does not exist is of no use.
  const better = (fault: Fault): boolean =>
    !faults.some(({ file, path, atKey }) => !atKey && file === fault.file && within(fault.path, path));
  const kept = sources.faults.filter(better);
  sources.faults.splice(0, sources.faults.length, ...kept, ...faults);
}

function repeated(entries: readonly Entry<unknown>[], what: string, sources: Sources): Fault[] {
  const first = new Map<string, Entry<unknown>>();
  const faults: Fault[] = [];
  for (const entry of entries) {
    const known = first.get(entry.name);
    if (known === undefined) first.set(entry.name, entry);
    else {
      const where = placeOf(known, sources);
      const message = `the ${what} "${entry.name}" is already defined at ${where}: give one of them another name`;
      const path = what === 'rule' ? [...entry.path, 'name'] : entry.path;
      faults.push({ file: entry.file, path, atKey: true, message });
    }
  }
  return faults;
}

function placeOf({ file, path }: Entry<unknown>, sources: Sources): string {
  const reading = sources.files.get(file)?.reading;
  const place = reading?.place(reading.offset(path, true));
  return place ? `${file}:${place.line}:${place.column}` : `${file}: ${formatPath(path)}`;
}

function undefinedActions({ rules, actions }: Named, builtIn: readonly string[]): Fault[] {
  const all = [...new Set([...actions.map(({ name }) => name), ...builtIn])];
  const check = (step: unknown, known: readonly string[], place: Pick<Fault, 'file' | 'path'>): Fault[] => {
    const [name] = typeof step === 'string' ? [step] : Object.keys(asRecord(step));
    if (name === undefined || known.includes(name)) return [];
    return [{ ...place, message: `there is no action "${name}": ${suggest(name, known, 'actions')}` }];
  };
  return [
    ...stepsOf(rules).flatMap(({ step, ...place }) => check(step, all, place)),
    ...actions.flatMap(({ data, file, path }) => check(data, builtIn, { file, path })),
  ];
}

/** The steps of all rules, and where they stand. */
function stepsOf(rules: Named['rules']): StepPlace[] {
  return rules.flatMap(({ data, file, path }) =>
    stepsIn(data).map(({ step, at }) => ({ step, file, path: [...path, ...at] })),
  );
}

/** The steps of a rule, in `then` and in `escalate`, and where they stand. */
export function stepsIn(data: unknown): { readonly step: unknown; readonly at: Path }[] {
  const under = (holder: unknown, at: Path): { step: unknown; at: Path }[] =>
    asList(asRecord(holder).then).map((step, index) => ({ step, at: [...at, 'then', index] }));
  const louder = asList(asRecord(data).escalate).flatMap((one, index) => under(one, ['escalate', index]));
  return [...under(data, []), ...louder];
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
