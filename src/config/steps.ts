import { OptionError, readOption } from '../core/errors.ts';
import type { Recipient, Step } from '../core/types.ts';
import { parseDuration } from '../core/units.ts';
import { createFallback, makeAction } from './actions.ts';
import { attempt, inside, type Place } from './attempt.ts';
import type { StepData, TimingData } from './data.ts';
import { parseRate } from './rate.ts';
import { nameAndOptions, splitTiming } from './step-data.ts';
import type { MadeAction, Workshop } from './workshop.ts';

/** An entry of `then` and where it stands. */
interface StepUse {
  readonly data: StepData;
  readonly place: Place;
  readonly rule: string;
  /** The rule has a `repeat`. */
  readonly reminds: boolean;
  /** The steps before it in the same rule. */
  readonly before: readonly Step[];
  /** Who stands in for its action. */
  readonly fallback?: Recipient | undefined;
}

/** Makes one entry of `then`; undefined when something is wrong with it or with the action that it names. */
export async function createStep(use: StepUse, shop: Workshop): Promise<Step | undefined> {
  const made = await makeAction(use, shop);
  if (made === undefined) return undefined;
  const [name, options] = nameAndOptions(use.data);
  const place = typeof use.data === 'string' ? use.place : inside(use.place, name);
  const own = splitTiming(options).timing;
  const fallback = await attempt(place, shop.faults, () =>
    createFallback({ timing: { ...made.timing, ...own } }, shop, own.fallback === undefined ? [] : ['fallback']),
  );
  const step = await attempt(place, shop.faults, () => stepOf(made, own, { ...use, fallback }));
  if (step && isNeverRepeated(step, made, use)) {
    const message = 'the rule has no repeat: a run that at-most held back, or that did not help, is not tried again';
    shop.warnings.push({ ...(own['at-most'] ? inside(place, 'at-most') : place), message });
  }
  return step;
}

/** It would run again when the rule reminds, and its limit says that this was thought of; but the rule never reminds. */
function isNeverRepeated({ on, atMost }: Step, { plugin }: MadeAction, { reminds }: StepUse): boolean {
  return !reminds && atMost !== undefined && plugin.acts === true && on.includes('reminded');
}

function stepOf(made: MadeAction, own: TimingData, { rule, reminds, before, fallback }: StepUse): Step {
  const timing = { ...made.timing, ...own };
  const on = timing.on ?? made.plugin.on;
  if (!reminds && on.every((kind) => kind === 'reminded')) {
    throw new OptionError(own.on ? ['on'] : [], 'the rule never reminds, so this never runs: give the rule a repeat');
  }
  return {
    name: nameAmong(before, made.name),
    action: made.action,
    countedAs: made.named ? made.name : `${rule} ${made.name}`,
    on,
    after: timing.after === undefined ? 0 : parseDuration(timing.after),
    ...(fallback && { fallback }),
    ...(timing['at-most'] !== undefined && {
      atMost: readOption(['at-most'], () => parseRate(timing['at-most'] ?? '')),
    }),
  };
}

/** Two webhooks in one rule are two receivers: the second is called webhook#2. */
function nameAmong(before: readonly Step[], name: string): string {
  const same = before.filter((step) => step.name === name || step.name.startsWith(`${name}#`)).length;
  return same === 0 ? name : `${name}#${same + 1}`;
}
