import type { AlertEvent } from '../../core/types.ts';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** No variable is longer than this, in characters: the kernel refuses to start a program with too much of them. */
const LONGEST = 4_096;

/** Variables for a program; where programs are looked for is always among them. */
export interface Environment {
  readonly PATH: string;
  readonly [name: string]: string;
}

/** What every program that psstop starts finds in its environment. Nothing else of ours is handed on: no sockets or watchdog of systemd, no credentials, no options of Node. */
export function plainEnvironment(): Environment {
  const { LANG, LC_ALL, TZ } = process.env;
  return {
    PATH: process.env.PATH || PATH,
    LANG: LANG ?? 'C.UTF-8',
    ...(LC_ALL !== undefined && { LC_ALL }),
    ...(TZ !== undefined && { TZ }),
  };
}

/** The event as PSSTOP_* variables. Written by strangers in part, though without NUL; sizes in bytes, times in RFC 3339. */
export function eventEnvironment(event: AlertEvent): Record<string, string> {
  const { target } = event;
  const facts: Readonly<Record<string, string | number | undefined>> = {
    EVENT: event.id,
    ALERT: event.alert,
    KIND: event.kind,
    REASON: event.reason,
    RULE: event.rule,
    SEVERITY: event.severity,
    HOST: event.host,
    TARGET: target.name,
    BY: target.by,
    UNIT: target.unit,
    CONTAINER: target.container,
    USER: target.user,
    EXE: target.exe,
    COUNT: target.count,
    PID: target.processes[0]?.pid,
    PIDS: target.processes.map(({ pid }) => pid).join(' '),
    VALUE: event.value,
    ROUGH: event.rough ? 'true' : undefined,
    LIMIT: event.limit,
    VALUE_UNIT: event.unit,
    BECAUSE: event.because,
    MESSAGE: event.message,
    EVIDENCE: event.evidence?.join(' '),
    TIME: new Date(event.time).toISOString(),
    SINCE: new Date(event.since).toISOString(),
    ...labelFacts(event.labels),
  };
  const set = Object.entries(facts).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return Object.fromEntries(set.map(([name, value]) => [`PSSTOP_${name}`, clean(String(value))]));
}

/** Text that may be handed to a program: the kernel ends it at a NUL, so Node refuses it. */
export function clean(text: string): string {
  return text.replaceAll('\0', '').slice(0, LONGEST);
}

function labelFacts(labels: AlertEvent['labels']): Record<string, string> {
  const entries = Object.entries(labels).map(([name, value]) => [
    `LABEL_${name.toUpperCase().replace(/[^A-Z0-9_]/g, '_')}`,
    value,
  ]);
  return Object.fromEntries(entries);
}
