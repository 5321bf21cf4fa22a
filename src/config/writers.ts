import { nameAndOptions } from './actions.ts';
import type { LoadedData } from './data.ts';
import { whoElseCanChange } from './permissions.ts';
import type { Sources } from './sources.ts';

/** Actions that run or stop something. Whoever can write a rule with one of them can do what psstop can do. */
const ACTING: ReadonlySet<string> = new Set(['command', 'restart', 'signal', 'script']);

/** Refuses rules that act, and a folder of plugins, where others than root and this user could have written them. */
export function checkWriters(data: LoadedData, plugins: string | undefined, sources: Sources): void {
  const files = acts(data) ? [...sources.files.keys()] : [];
  for (const file of plugins === undefined ? files : [...files, plugins]) {
    const danger = whoElseCanChange(file);
    if (danger !== undefined) sources.problems.push({ file, path: '', message: danger });
  }
}

function acts({ rules, actions }: LoadedData): boolean {
  const steps = rules.flatMap(({ data }) => (Array.isArray(data.then) ? data.then : []));
  return [...steps, ...actions.map(({ data }) => data)].some((step) => {
    return (
      step !== null && (typeof step === 'string' || typeof step === 'object') && ACTING.has(nameAndOptions(step)[0])
    );
  });
}
