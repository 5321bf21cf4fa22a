import type {
  AlertEvent,
  AlertKind,
  Cost,
  Delivery,
  EventProcess,
  EventTarget,
  ExactReading,
  GroupBy,
  HostMemory,
  JsonSchema,
  Notice,
  Pressure,
  ProcessInfo,
  ProcessSample,
  ResolveReason,
  Rule,
  Severity,
  Snapshot,
  Unit,
  UnreadReason,
} from '../core/types.ts';
import { oneOf } from './definitions.ts';

/** One schema for each property, so that a property added to a type can't be forgotten here. */
type Properties<T> = { readonly [K in keyof Required<T>]: JsonSchema };
type Optional<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];

const text: JsonSchema = { type: 'string' };
const number: JsonSchema = { type: 'number' };
const count: JsonSchema = { type: 'integer', minimum: 0 };
const bytes: JsonSchema = { type: 'number', description: 'Bytes.' };
const ms: JsonSchema = { type: 'number', description: 'Milliseconds.' };
const uptime: JsonSchema = { type: 'number', description: 'Milliseconds since boot.' };
const unixTime: JsonSchema = { type: 'number', description: 'Unix time in ms.' };
const labels: JsonSchema = { type: 'object', additionalProperties: text };
const stranger: JsonSchema = { type: 'string', description: 'Written by strangers: escape it before showing it.' };
const severity = oneOf<Severity>({ info: 1, warning: 1, critical: 1 });
const kind = oneOf<AlertKind>({ pending: 1, cancelled: 1, fired: 1, reminded: 1, resolved: 1 });
const unit = oneOf<Unit>({ bytes: 1, 'bytes/s': 1, 'ratio/s': 1, count: 1, duration: 1, ratio: 1 });
const groupBy = oneOf<GroupBy>({
  ...{ name: 1, process: 1, tree: 1, unit: 1, container: 1, cgroup: 1, user: 1, exe: 1, host: 1 },
});

/** Receivers must put up with keys that a later version adds, so no key is refused for being unknown. */
function record<T>(properties: Properties<T>, optional: readonly Optional<T>[] = []): JsonSchema {
  const required = Object.keys(properties).filter((key) => !(optional as readonly unknown[]).includes(key));
  return { type: 'object', properties, required };
}

const eventProcess = record<EventProcess>({ pid: count, start: count, name: stranger, pss: bytes }, ['pss']);

const target = record<EventTarget>(
  {
    key: { ...text, description: 'Unique within the rule.' },
    by: groupBy,
    name: stranger,
    unit: text,
    container: text,
    user: text,
    exe: stranger,
    count,
    processes: { type: 'array', items: eventProcess, description: 'The biggest few.' },
  },
  ['unit', 'container', 'user', 'exe'],
);

const alert = record<AlertEvent>(
  {
    type: { const: 'alert' },
    alert: { ...text, description: 'The same for all events of one alert.' },
    id: { ...text, description: 'Unique and stable: drop what you have seen.' },
    kind,
    reason: oneOf<ResolveReason>({ cleared: 1, exited: 1, restarted: 1, 'rule removed': 1 }),
    rule: text,
    summary: text,
    severity,
    labels,
    mode: oneOf<Rule['mode']>({ active: 1, shadow: 1, 'dry-run': 1 }),
    host: text,
    target,
    value: { ...number, description: 'What was measured, in `unit`.' },
    limit: { ...number, description: 'What it is compared with, in `unit`.' },
    unit,
    because: stranger,
    message: stranger,
    time: unixTime,
    since: { ...unixTime, description: 'Unix time in ms at which it fired, or became pending before that.' },
    uptime,
  },
  ['reason', 'summary'],
);

const notice = record<Notice>(
  {
    type: { const: 'notice' },
    kind: oneOf<Notice['kind']>({
      ...{ started: 1, 'rules-loaded': 1, 'rules-rejected': 1, 'rules-watch': 1, 'rule-failed': 1, coverage: 1 },
      ...{ reader: 1, 'delivery-retried': 1, 'sink-failed': 1, overrun: 1, stopped: 1 },
    }),
    severity,
    time: unixTime,
    message: stranger,
    details: {},
  },
  ['details'],
);

const delivery = record<Delivery>(
  {
    type: { const: 'delivery' },
    event: { ...text, description: 'The id of the event.' },
    action: text,
    rule: text,
    target: stranger,
    kind,
    acts: { type: 'boolean', description: 'It acts on the target: restart, signal. Absent where it tells somebody.' },
    attempts: count,
    outcome: oneOf<Delivery['outcome']>({ done: 1, skipped: 1, failed: 1 }),
    reason: stranger,
    time: unixTime,
    took: ms,
  },
  ['acts'],
);

/** Schema of one line of psstop's NDJSON: an alert's event, a notice or a delivery. */
export function eventsSchema(dialect: string): JsonSchema {
  return {
    $schema: dialect,
    title: 'psstop records',
    description: 'One record: an event of an alert, a notice about psstop itself, or what became of a delivery.',
    type: 'object',
    anyOf: [{ $ref: '#/$defs/alert' }, { $ref: '#/$defs/notice' }, { $ref: '#/$defs/delivery' }],
    $defs: { alert, notice, delivery },
  };
}

const exact = record<ExactReading>({
  at: uptime,
  pss: { ...bytes, description: 'Bytes. SwapPss is not in it.' },
  swapPss: bytes,
  rss: bytes,
  uss: bytes,
  anon: bytes,
  file: bytes,
  shmem: bytes,
  dirty: bytes,
});

const processInfo = record<ProcessInfo>(
  {
    pid: count,
    start: { ...count, description: 'Start time in clock ticks after boot.' },
    startedAt: uptime,
    ppid: count,
    name: stranger,
    exe: stranger,
    cmdline: stranger,
    uid: count,
    user: text,
    cgroup: stranger,
    unit: text,
    container: text,
  },
  ['exe', 'cmdline', 'unit', 'container'],
);

const sample = record<ProcessSample>(
  {
    process: processInfo,
    rss: bytes,
    exact,
    unread: oneOf<UnreadReason>({ denied: 1, stuck: 1, postponed: 1, late: 1 }),
    ceiling: bytes,
  },
  ['exact', 'unread', 'ceiling'],
);

const pressure = record<Pressure>({ some10: number, some60: number, full10: number, full60: number });

const memory = record<HostMemory>(
  { total: bytes, available: bytes, anon: bytes, mapped: bytes, swapTotal: bytes, swapFree: bytes, pressure },
  ['pressure'],
);

/** Schema of one snapshot, as `psstop list --json` writes it and a recording holds it. */
export function snapshotSchema(dialect: string): JsonSchema {
  const cost = record<Cost>({ exact: count, wall: ms, longest: ms, cpu: ms });
  return {
    $schema: dialect,
    title: 'psstop snapshot',
    ...record<Snapshot>({
      time: unixTime,
      uptime,
      boot: { ...text, description: 'Boot id: uptimes of two boots cannot be compared.' },
      host: text,
      memory,
      processes: { type: 'array', items: sample },
      gone: { ...count, description: 'Processes that ended while they were being read.' },
      cost,
    }),
  };
}
