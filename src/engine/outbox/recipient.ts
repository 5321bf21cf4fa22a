import type { Recipient, Step } from '../../core/types.ts';

/** The step itself or, down the line of those that stand in, who has that name. */
export function recipientOf(step: Step, name: string | undefined): Recipient | undefined {
  for (let at: Recipient | undefined = step; at !== undefined; at = at.fallback) if (at.name === name) return at;
  return undefined;
}
