import type { AlertKind, Step } from '../core/types.ts';

/**
 * Whether a step is run for an event of this kind: who did not hear of a beginning hears nothing of what follows. What acts and
 * was held back by a limit is due again when the rule reminds.
 */
export function isDue({ on, action }: Step, kind: AlertKind, told: boolean): boolean {
  if (!on.includes(kind)) return false;
  const follows = kind !== 'fired' && kind !== 'pending' && on.includes('fired');
  return !follows || told || (kind === 'reminded' && action.exclusive === true);
}
