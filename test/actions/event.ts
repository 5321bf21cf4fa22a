import type { ActionContext, AlertEvent, EventTarget } from '../../src/core/types.ts';

/** Whoever is told about this event must cope with a name like this. */
export const HOSTILE = 'evil\n<2>\u001b[2J\u202e$(id)`"\'&<script>@all';

/** An event as the engine makes it, for the tests of the actions. */
export function alertEvent(
  changes: Partial<Omit<AlertEvent, 'target'>> & { target?: Partial<EventTarget> } = {},
): AlertEvent {
  const { target, ...rest } = changes;
  return {
    type: 'alert',
    alert: 'web-over-budget/nginx/1800000000000',
    id: 'web-over-budget/nginx/1800000000000/fired/1',
    kind: 'fired',
    rule: 'web-over-budget',
    severity: 'critical',
    labels: { team: 'web' },
    mode: 'active',
    host: 'web1.example.org',
    value: 612 * 2 ** 20,
    limit: 500 * 2 ** 20,
    unit: 'bytes',
    because: 'pss is 612 MiB, above 500 MiB',
    message: 'nginx holds 612 MiB of 500 MiB',
    time: 1_800_000_120_000,
    since: 1_800_000_000_000,
    uptime: 5_000_000,
    ...rest,
    target: { key: 'nginx', by: 'name', name: 'nginx', unit: 'nginx.service', count: 0, processes: [], ...target },
  };
}

/** A context as the command line makes it. */
export function actionContext(changes: Partial<ActionContext> = {}): ActionContext {
  return { host: 'web1.example.org', version: '1.2.3', proc: '/proc', console: false, live: true, ...changes };
}

/** Options are checked by the schema before a plugin sees them; here they are written by hand. */
export function given(options: unknown): never {
  return options as never;
}

/** A signal that nobody aborts. */
export function calm(): AbortSignal {
  return new AbortController().signal;
}
