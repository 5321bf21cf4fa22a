import type { Severity } from './types.ts';

/** The least first. */
const GRADES: readonly Severity[] = ['info', 'warning', 'critical'];

/** Whether something is as bad as that, or worse. */
export function isAtLeast(severity: Severity, least: Severity): boolean {
  return GRADES.indexOf(severity) >= GRADES.indexOf(least);
}
