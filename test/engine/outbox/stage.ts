import { advance } from '../../../src/core/advance.ts';
import { emptyMemory } from '../../../src/core/memory.ts';
import type { Action, AlertEvent, Delivery, Notice, Recipient, Rule, Step } from '../../../src/core/types.ts';
import { createBus } from '../../../src/engine/bus.ts';
import { Dispatcher } from '../../../src/engine/dispatch.ts';
import type { DispatchOptions } from '../../../src/engine/options.ts';
import { MiB, rule, sample, snapshot } from '../../core/world.ts';

/** Everything is quick. */
export const PACE = { first: 5, longest: 20, giveUpAfter: 300, fallBackAfter: 100 };

/** A dispatcher whose records can be looked at. */
export function begin(options: Partial<DispatchOptions> = {}) {
  const deliveries: Delivery[] = [];
  const notices: Notice[] = [];
  const bus = createBus([
    { delivery: (one) => deliveries.push(one), event: (event) => event.type === 'notice' && notices.push(event) },
  ]);
  const dispatcher = new Dispatcher({ bus, pace: PACE, ...options });
  return { dispatcher, deliveries, notices };
}

export function action(run: Action['run'], more: Partial<Action> = {}): Action {
  return { timeout: 1000, run, ...more };
}

export function step(name: string, of: Action, more: Partial<Step> = {}): Step {
  return { name, action: of, countedAs: name, on: ['fired', 'reminded', 'resolved'], after: 0, ...more };
}

export function recipient(name: string, of: Action): Recipient {
  return { name, action: of };
}

/** The events of an alert that fires, reminds so often, and resolves. */
export function story(of: Rule, { pid = 10, reminders = 0 } = {}): AlertEvent[] {
  const memory = emptyMemory();
  const heavy = sample({ pid, name: `web${pid}`, pss: 200 * MiB });
  const light = sample({ pid, name: `web${pid}`, pss: MiB });
  const all = [...Array.from({ length: reminders + 1 }, () => heavy), { ...heavy, ...light, process: heavy.process }];
  return all.flatMap((one, second) => advance(memory, [of], snapshot(second, [one])));
}

/** A rule whose events go to these steps. */
export function ruleOf(...steps: readonly Step[]): Rule {
  return rule({ steps, repeat: 1 });
}
