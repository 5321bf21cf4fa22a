import type {
  AlertEvent,
  AlertKind,
  Bundle,
  Curve,
  Delivery,
  EventProcess,
  EventTarget,
  GroupBy,
  JsonSchema,
  Notice,
  ResolveReason,
  Rule,
} from '../core/types.ts';
import { oneOf } from './definitions.ts';
import { heartbeat } from './heartbeat-schema.ts';
import { bytes, count, ms, number, record, severity, stranger, text, unit, unixTime, uptime } from './shapes.ts';

const labels: JsonSchema = { type: 'object', additionalProperties: text };
const kind = oneOf<AlertKind>({ pending: 1, cancelled: 1, fired: 1, reminded: 1, resolved: 1 });
const groupBy = oneOf<GroupBy>({
  ...{ name: 1, process: 1, tree: 1, unit: 1, container: 1, cgroup: 1, user: 1, exe: 1, host: 1 },
});

const eventProcess = record<EventProcess>(
  {
    pid: count,
    start: count,
    name: stranger,
    pss: { ...bytes, description: 'Bytes, as it was read last.' },
    age: { ...ms, description: 'How old that reading is, ms; absent: it was made for this event.' },
  },
  ['pss', 'age'],
);

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

const bundle = {
  ...record<Bundle>(
    {
      alerts: { type: 'array', items: { $ref: '#/$defs/alert' }, description: 'The worst first; at most 50.' },
      count: { ...count, description: 'How many there are.' },
      firing: { ...count, description: 'How many of them are firing.' },
      storm: { const: true, description: 'One rule fired for very many targets at once.' },
    },
    ['storm'],
  ),
  description: 'What is told together: the event speaks for all of them, and `alert` names their bundle.',
};

const curve = {
  ...record<Curve>(
    {
      of: { ...text, description: 'What it is, where that is not `value` itself.' },
      unit,
      from: { ...unixTime, description: 'Unix time in ms of the first value.' },
      every: { ...number, description: 'Milliseconds from one value to the next.' },
      scale: { ...number, description: 'What values are to be multiplied by.' },
      values: { type: 'array', items: { type: ['number', 'null'] }, maxItems: 64, description: 'Oldest first.' },
    },
    ['of'],
  ),
  description: 'How it went in the last hours, where that is known.',
};

const alert = record<AlertEvent>(
  {
    type: { const: 'alert' },
    alert: { ...text, description: 'The same for all events of one alert.' },
    id: { ...text, description: 'Unique and stable: drop what you have seen.' },
    kind,
    reason: oneOf<ResolveReason>({
      ...{ cleared: 1, exited: 1, restarted: 1, 'rule removed': 1, 'rule changed': 1, unreadable: 1 },
    }),
    rule: text,
    summary: text,
    severity,
    labels,
    mode: oneOf<Rule['mode']>({ active: 1, shadow: 1, 'dry-run': 1 }),
    host: text,
    target,
    value: { ...number, description: 'What was measured, in `unit`.' },
    rough: { type: 'boolean', description: 'True: `value` is only a bound that decided, and not a reading.' },
    limit: { ...number, description: 'The level by which it fires, in `unit`.' },
    ends: {
      ...number,
      description: 'The level that ends it, where that is another: it is compared with this as it fires.',
    },
    unit,
    because: stranger,
    message: stranger,
    curve,
    evidence: {
      type: 'array',
      items: { type: 'string' },
      description: 'Paths of files that `capture` has kept for this alert.',
    },
    time: unixTime,
    since: { ...unixTime, description: 'Unix time in ms at which it fired, or became pending before that.' },
    uptime,
    bundle,
  },
  ['reason', 'summary', 'rough', 'ends', 'curve', 'evidence', 'bundle'],
);

/** Kinds of notices that somebody can be told of: all but the last one, after which nobody is told anything. */
export const NOTICE_KINDS: readonly Notice['kind'][] = Object.keys({
  ...{ started: 1, 'rules-loaded': 1, 'rules-rejected': 1, 'rules-warning': 1, 'rules-watch': 1 },
  ...{ 'rule-failed': 1, coverage: 1, reader: 1, 'delivery-retried': 1, receiver: 1 },
  ...{ outbox: 1, 'sink-failed': 1, silence: 1, control: 1, overrun: 1, state: 1 },
  ...{ 'handed-over': 1, 'taken-up': 1 },
} satisfies Record<Exclude<Notice['kind'], 'stopped'>, 1>) as Notice['kind'][];

const notice = record<Notice>(
  {
    type: { const: 'notice' },
    kind: { enum: [...NOTICE_KINDS, 'stopped'] },
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

/** Schema of one line of psstop's NDJSON: an alert's event, a notice, a delivery or a heartbeat. */
export function eventsSchema(dialect: string): JsonSchema {
  return {
    $schema: dialect,
    title: 'psstop records',
    description:
      'One record: an event of an alert, a notice about psstop itself, what became of a delivery, or a sign of life.',
    type: 'object',
    anyOf: ['alert', 'notice', 'delivery', 'heartbeat'].map((name) => ({ $ref: `#/$defs/${name}` })),
    $defs: { alert, notice, delivery, heartbeat },
  };
}
