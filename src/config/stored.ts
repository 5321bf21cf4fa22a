import type { LoadAnswer, LoadRequest } from './check.ts';
import type { ConfigData } from './data.ts';
import { isSound, problemsOf, readSource, type Sources } from './sources.ts';

/**
 * Where psstop.yaml says that state is kept, whatever else may be wrong with it: who only looks at what is stored need not
 * have the variables and the secrets that the watchdog has.
 */
export function checkStored({ config: file, env }: LoadRequest): LoadAnswer {
  const sources: Sources = { env, files: new Map(), faults: [], warnings: [], problems: [] };
  const read = file === undefined ? undefined : readSource(file, sources);
  const { state } = (read?.data ?? {}) as ConfigData;
  if (file !== undefined && state !== undefined && typeof state !== 'string') {
    sources.faults.push({ file, path: ['state'], message: 'must be a folder, or none' });
  }
  const isKnown = file === undefined || isSound({ file, path: ['state'] }, sources);
  if (!isKnown || sources.problems.length > 0) return { problems: problemsOf(sources) };
  const found = { ...(state !== undefined && { state }) };
  const nothing = { rules: [], actions: [], warnings: [], files: [], digests: {}, watch: [] };
  return { data: { config: found, ...(file !== undefined && { configFile: file }), ...nothing } };
}
