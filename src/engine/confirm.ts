import type { Action, AlertEvent } from '../core/types.ts';

/** Looks at the processes of an event once more. @returns what was found, for the record. @throws Skip when nobody is left to act on. */
export type Confirm = (event: AlertEvent) => Promise<string>;

/** What was read for an event holds for so long, ms. */
const FRESH = 1_000;

/**
 * Whether the target is to be looked at again right before something is done to it: the moment of the event is over, as with
 * `after` and with another attempt, or its figures were never read for it. An event of the whole host names nobody to look at.
 * @param age how long ago the event was told, ms.
 */
export function needsConfirming(action: Action, { target }: AlertEvent, age: number): boolean {
  const { by, processes } = target;
  if (!action.exclusive || by === 'host' || processes.length === 0) return false;
  return age > FRESH || processes.some((process) => process.pss === undefined || process.age !== undefined);
}
