import type { AlertEvent } from '../../core/types.ts';
import { alertAnnotations, alertLabels } from './alertmanager.ts';
import { isOver } from './facts.ts';

/**
 * An alert as Alertmanager's API takes it (`postableAlert` in its api/v2/openapi.yaml). @param until Unix ms at which one that
 * is still firing ends unless it is told again.
 */
export function postableAlert(event: AlertEvent, until: number): Record<string, unknown> {
  const { since, time } = event;
  // One that ends when it begins would be refused.
  const end = isOver(event) ? Math.max(time, since + 1) : until;
  return {
    labels: alertLabels(event),
    annotations: alertAnnotations(event),
    startsAt: new Date(since).toISOString(),
    endsAt: new Date(end).toISOString(),
  };
}
