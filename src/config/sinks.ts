import type { Sink, SinkContext } from '../core/types.ts';
import { inside } from './attempt.ts';
import { create } from './create.ts';
import type { LoadedData } from './data.ts';
import type { Fault } from './place.ts';
import type { Plugins } from './plugins.ts';
import type { Environment } from './variables.ts';

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
    const outcome = await create(await plugins.get('sinks', name), {
      ...{ options: options ?? {}, env, context, unsent: data.unsent },
    });
    if ('made' in outcome) sinks.push({ name, sink: outcome.made });
    else faults.push(...outcome.wrong.map(({ path, message }) => ({ ...inside(place, ...path), message })));
  }
  return sinks;
}
