import { compileSinks } from '../../config/compile.ts';
import { activeAlertsOf } from '../../core/memory.ts';
import { undecidedOf } from '../../core/undecided.ts';
import { openConsole } from './console.ts';
import type { Daemon } from './daemon.ts';
import type { Setup } from './setup.ts';
import { openHistory, type Storing } from './state.ts';

/** Opens everything that shows or keeps what happens: the console, the listeners, the history, and the sinks of psstop.yaml. @throws RulesError as compileSinks does */
export async function openSinks(setup: Setup, daemon: Daemon): Promise<Storing['stored']> {
  const { given, world, data, request, settings, context } = setup;
  const { sinks, bus, early, memory, dispatcher, inForce, source, ears, state } = daemon;
  const standing = {
    alerts: () => activeAlertsOf(memory),
    undecided: () => undecidedOf(memory),
    deliveries: () => dispatcher.standing(),
  };
  const { heartbeat } = settings;
  const onQuit = (): void => void source.close();
  const console = await openConsole(given, world, { heartbeat, rules: () => inForce.rules, ...standing, onQuit });
  const storing = await openHistory(state, settings, early.tell);
  sinks.push(console, ears.sink, ...storing.sinks);
  const kept = state && { state: state.store.folder };
  const sinkContext = { ...context, ...kept, ...standing, notice: bus.notice };
  const configured = await compileSinks(data, { sinkContext, env: request.env });
  for (const { sink } of configured) sinks.push(sink);
  return storing.stored;
}
