import type { Options, StepData, TimingData } from './data.ts';

/** The one key of a step and what stands under it. */
export function nameAndOptions(data: StepData): [string, Options] {
  if (typeof data === 'string') return [data, {}];
  const [name = '', options] = Object.entries(data)[0] ?? [];
  return [name, options ?? {}];
}

/** Tells an action's own options from those that every action takes. */
export function splitTiming(options: Options): { own: Options; timing: TimingData } {
  const { on, after, 'at-most': atMost, fallback, ...own } = options as Options & TimingData;
  const timing = {
    ...(on !== undefined && { on }),
    ...(after !== undefined && { after }),
    ...(atMost !== undefined && { 'at-most': atMost }),
    ...(fallback !== undefined && { fallback }),
  };
  return { own, timing };
}
