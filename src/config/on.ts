import type { Listener } from '../core/listener.ts';
import type { Notice, Rule, Step } from '../core/types.ts';
import { inside } from './attempt.ts';
import type { OnData } from './data.ts';
import { createStep } from './steps.ts';
import type { Workshop } from './workshop.ts';

/** Makes who is told of notices; what is wrong goes to the workshop's faults. */
export async function createListeners(shop: Workshop): Promise<Listener[]> {
  const { config, configFile = '' } = shop.data;
  const listeners: Listener[] = [];
  for (const [index, data] of (config.on ?? []).entries()) {
    // No rule of the user's can have such a name.
    const name = `on[${index}]`;
    const steps = await stepsOf(data, { name, place: { file: configFile, path: ['on', index] } }, shop);
    const kinds = data.notice && new Set<Notice['kind']>(data.notice);
    listeners.push({ ...(kinds && { kinds }), atLeast: data.severity ?? 'warning', rule: ruleOf(name, steps) });
  }
  return listeners;
}

interface Where {
  readonly name: string;
  readonly place: { readonly file: string; readonly path: readonly (string | number)[] };
}

async function stepsOf(data: OnData, { name, place }: Where, shop: Workshop): Promise<Step[]> {
  const steps: Step[] = [];
  for (const [index, written] of data.then.entries()) {
    const at = inside(place, 'then', index);
    const step = await createStep({ data: written, place: at, rule: name, reminds: false, before: steps }, shop);
    if (step === undefined) continue;
    const message = whyUnfit(step);
    if (message !== undefined) shop.faults.push({ ...at, message });
    // A notice has no end; who keeps it up until he hears of one is told one.
    const on = step.action.resume === undefined ? (['fired'] as const) : step.on;
    steps.push({ ...step, on });
  }
  return steps;
}

function whyUnfit({ name, action, after }: Step): string | undefined {
  if (action.insteadByHost !== undefined)
    return `${name} acts on a target's processes, and a notice has none: ${action.insteadByHost}`;
  return after > 0 ? 'a notice does not last: leave after out here' : undefined;
}

/** A rule that judges nothing. */
function ruleOf(name: string, steps: readonly Step[]): Rule {
  return {
    name,
    key: name,
    severity: 'info',
    labels: {},
    select: { matches: () => false, changing: false, text: '' },
    by: 'host',
    when: { wants: [], test: () => undefined },
    for: 0,
    keep: 0,
    repeat: 0,
    noData: 'keep',
    mode: 'active',
    message: ({ because }) => because,
    steps,
  };
}
