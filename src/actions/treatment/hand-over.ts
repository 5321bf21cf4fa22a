import type { AlertEvent } from '../../core/types.ts';
import { tellParts } from './parts.ts';
import type { Plan } from './plan.ts';

/** Leaves a target to a person, once, and tells those whom the rule names. @returns what was said to whom. */
export async function handOver(
  { courses, handOver: parts, lineage, evidence }: Pick<Plan, 'courses' | 'handOver' | 'lineage' | 'evidence'>,
  event: AlertEvent,
  { why, signal }: { why: string; signal: AbortSignal },
): Promise<string[]> {
  if (courses?.handOver(lineage(event), why) !== true) return [];
  const message = `${event.message}. psstop leaves it to a person: ${why}`;
  const full = evidence?.fill(event) ?? event;
  const told = await tellParts(
    parts,
    { ...full, id: `${event.id}-handed-over`, severity: 'critical', message },
    signal,
  );
  return ['it is left to a person', ...told.map((text) => `hand-over, ${text}`)];
}
