import type { AlertEvent, Post } from '../../core/types.ts';
import type { Plan } from './plan.ts';

/** Leaves a target to a person, once, and writes down that those whom the rule names are told. @returns what was done. */
export function handOver(
  { courses, handOver: parts, lineage, evidence }: Pick<Plan, 'courses' | 'handOver' | 'lineage' | 'evidence'>,
  event: AlertEvent,
  { why, post }: { why: string; post: Post | undefined },
): string[] {
  const place = lineage(event);
  if (courses === undefined || courses.of(place).handedOver !== undefined) return [];
  const message = `${event.message}. psstop leaves it to a person: ${why}`;
  const full = evidence?.fill(event) ?? event;
  const last: AlertEvent = { ...full, id: `${event.id}-handed-over`, kind: 'fired', severity: 'critical', message };
  // First those who are to know: a crash between the two is told twice, and never not at all.
  for (const part of parts) post?.(part, last);
  courses.handOver(place, why);
  const names = parts.map(({ name }) => name).join(', ');
  return ['it is left to a person', ...(parts.length > 0 && post ? [`${names} to be told`] : [])];
}
