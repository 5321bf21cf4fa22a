import { alertsOf, type Memory } from '../../core/memory.ts';
import type { AlertState, Severity, Unit } from '../../core/types.ts';
import { type Files, type Standing, standingOf } from './progress.ts';

/** One alert, as those who ask for it see it. */
export interface AlertView extends Standing {
  /** Its id, by which it can be acknowledged. */
  readonly alert: string;
  readonly phase: AlertState['phase'] | 'held';
  readonly rule: string;
  readonly severity: Severity;
  readonly target: string;
  readonly value?: number;
  readonly limit?: number;
  readonly unit?: Unit;
  readonly because?: string;
  /** Unix ms at which it fired, or began to hold. */
  readonly since: number;
}

/** All alerts that are pending or firing, and those whose end is still to be told. */
export function listAlerts(memory: Memory, files: Files): AlertView[] {
  const { desk } = files;
  const views = alertsOf(memory).map(({ rule, name, alert, verdict }): AlertView => {
    const { id } = alert;
    return {
      ...{ alert: id, phase: alert.phase, rule: rule.name, severity: rule.severity, target: name },
      ...(verdict && {
        value: verdict.value,
        limit: verdict.fires ?? verdict.limit,
        unit: verdict.unit,
        because: verdict.because(),
      }),
      since: alert.fired || alert.begun,
      ...standingOf(id, files),
    };
  });
  const known = new Set(views.map(({ alert }) => alert));
  const held = [...desk.cases].filter(([id, { over }]) => over !== undefined && !known.has(id));
  const waiting = held.map(([id, { event }]): AlertView => {
    const { rule, severity, target, value, limit, unit, because, since } = event;
    const facts = { rule, severity, target: target.name, value, limit, unit, because, since };
    return { alert: id, phase: 'held', ...facts, ...standingOf(id, files) };
  });
  return [...views, ...waiting];
}
