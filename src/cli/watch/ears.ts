import { uptime } from 'node:os';
import { compileListeners } from '../../config/compile.ts';
import type { LoadedData } from '../../config/data.ts';
import type { Environment } from '../../config/variables.ts';
import type { ActionContext, AlertEvent, Rule, Sink } from '../../core/types.ts';
import { listening } from '../../engine/listening.ts';

/** Who is told of what happens to psstop itself, and the rules under which that is done: they judge nothing. */
export interface Ears {
  readonly sink: Sink;
  readonly rules: readonly Rule[];
}

/** Makes the listeners of psstop.yaml. @throws RulesError as compileRules does. */
export async function openEars(
  data: LoadedData,
  { actionContext, env }: { actionContext: ActionContext; env: Environment },
  handle: (event: AlertEvent, rule: Rule) => void,
): Promise<Ears> {
  const listeners = await compileListeners(data, { actionContext, env });
  const sink = listening({ listeners, host: actionContext.host, handle, uptime: () => uptime() * 1e3 });
  return { sink, rules: listeners.map(({ rule }) => rule) };
}
