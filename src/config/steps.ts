import { OptionError } from '../core/errors.ts';
import type { Step } from '../core/types.ts';
import { parseDuration } from '../core/units.ts';
import { type MadeAction, makeAction, nameAndOptions, splitTiming, type Workshop } from './actions.ts';
import { attempt, inside, type Place } from './attempt.ts';
import type { StepData, TimingData } from './data.ts';

/** Makes one entry of `then`; undefined when something is wrong with it or with the action that it names. */
export async function createStep(
  use: { data: StepData; place: Place; reminds: boolean },
  shop: Workshop,
): Promise<Step | undefined> {
  const made = await makeAction(use, shop);
  if (made === undefined) return undefined;
  const [name, options] = nameAndOptions(use.data);
  const place = typeof use.data === 'string' ? use.place : inside(use.place, name);
  return attempt(place, shop.faults, () => stepOf(made, splitTiming(options).timing, use.reminds));
}

function stepOf(made: MadeAction, own: TimingData, reminds: boolean): Step {
  const timing = { ...made.timing, ...own };
  const on = timing.on ?? made.plugin.on;
  if (!reminds && on.every((kind) => kind === 'reminded')) {
    throw new OptionError(own.on ? ['on'] : [], 'the rule never reminds, so this never runs: give the rule a repeat');
  }
  return {
    name: made.name,
    action: made.action,
    on,
    after: timing.after === undefined ? 0 : parseDuration(timing.after),
    ...(timing['at-most'] !== undefined && { atMost: parseAtMost(timing['at-most']) }),
  };
}

/** Reads `3 per 1h`. */
function parseAtMost(text: string): { times: number; per: number } {
  const [times = '', per = ''] = text.split(' per ');
  const limit = { times: Number(times), per: parseDuration(per) };
  if (limit.per === 0) throw new OptionError(['at-most'], `"${text}" is no limit: write 3 per 1h`);
  return limit;
}
