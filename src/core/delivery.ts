import type { AlertEvent, Delivery } from './types.ts';

/** Reasons of a skipped delivery that are told apart. */
export const DRY_RUN = 'dry run';
export const SHADOW_RULE = 'shadow rule';

/** Why a step is not taken. */
export interface Refusal {
  /** A word or two, to be counted. */
  readonly why: string;
  /** For the record. */
  readonly reason: string;
}

/** Why nothing is done about an event, only said; undefined where it is done. */
export function whyMuted({ mode }: AlertEvent, dryRun: boolean): string | undefined {
  if (mode === 'shadow') return SHADOW_RULE;
  return dryRun || mode === 'dry-run' ? DRY_RUN : undefined;
}

/**
 * Whether a delivery has to be found in a log: what failed, what was not done, and what was done to a process. That somebody
 * was told follows from the event; of shadow rules nothing is told.
 */
export function isOfNote({ outcome, reason, acts }: Delivery): boolean {
  return (outcome !== 'done' || acts === true) && reason !== SHADOW_RULE;
}

/** `done restart leak: app.service: restarted app.service in 1.2s`, `failed mail …: 550 no such user, given up after 3 attempts`. */
export function describeDelivery({ outcome, action, rule, target, reason, attempts }: Delivery): string {
  const tried = attempts === 1 ? '1 attempt' : `${attempts} attempts`;
  const end = outcome === 'failed' ? `, given up after ${tried}` : '';
  return `${outcome} ${action} ${rule}: ${target}: ${reason}${end}`;
}
