import type { Sink, SinkContext } from '../core/types.ts';
import { attempt, inside } from './attempt.ts';
import type { LoadedData } from './data.ts';
import type { Fault } from './place.ts';
import type { Plugins } from './plugins.ts';
import { fillSecrets } from './secrets.ts';
import { type Environment, fillVariables } from './variables.ts';

/** A sink and what it is called. */
export interface NamedSink {
  readonly name: string;
  readonly sink: Sink;
}

/** Makes the sinks that psstop.yaml names; what is wrong with one goes to `faults`. */
export async function createSinks(
  data: LoadedData,
  shop: { plugins: Plugins; env: Environment; context: SinkContext; faults: Fault[] },
): Promise<NamedSink[]> {
  const { plugins, env, context, faults } = shop;
  const sinks: NamedSink[] = [];
  for (const [index, written] of (data.config.sinks ?? []).entries()) {
    const [name = '', options] = typeof written === 'string' ? [written] : (Object.entries(written)[0] ?? []);
    const entry = { file: data.configFile ?? '', path: ['sinks', index] };
    const place = typeof written === 'string' ? entry : inside(entry, name);
    const filled = fillVariables(options ?? {}, env, (path, message) => {
      faults.push({ ...inside(place, ...path), message });
    });
    const sink = await attempt(place, faults, async () => {
      const plugin = await plugins.get('sinks', name);
      return plugin.create(fillSecrets(filled, plugin.schema) as never, context);
    });
    if (sink) sinks.push({ name, sink });
  }
  return sinks;
}
