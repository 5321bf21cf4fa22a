import type { Heartbeat, Readings } from '../core/heartbeat.ts';
import { MEASURES } from '../core/measure.ts';
import type { DeliveryTally } from '../core/outbox/standing.ts';
import type { JsonSchema, OpenFigure, Undecided } from '../core/types.ts';
import { oneOf } from './definitions.ts';
import { bytes, count, ms, number, record, severity, stranger, text, unit, unixTime, uptime } from './shapes.ts';
import { cost } from './snapshot-schema.ts';

const openFigure = record<OpenFigure>(
  {
    measure: { enum: MEASURES },
    unit,
    atLeast: number,
    atMost: { ...number, description: 'Absent: nothing is known of it.' },
    limit: { ...number, description: 'Absent: it must be known exactly.' },
  },
  ['atMost', 'limit'],
);

const undecided = record<Undecided>({
  rule: text,
  severity,
  target: stranger,
  since: { ...uptime, description: 'Milliseconds since boot of the first snapshot without an answer.' },
  open: { type: 'array', items: openFigure, description: 'The figures that were not read well enough.' },
});

const deliveries = record<DeliveryTally>({
  waiting: { ...count, description: 'Messages that are on their way.' },
  oldest: { ...ms, description: 'Age of the oldest of them, ms.' },
  down: { type: 'array', items: text, description: 'Receivers that do not answer.' },
  done: count,
  failed: { ...count, description: 'Given up.' },
  suppressed: { type: 'object', additionalProperties: count, description: 'Not done on purpose, by reason.' },
});

/** A sign of life. */
export const heartbeat: JsonSchema = record<Heartbeat>(
  {
    type: { const: 'heartbeat' },
    time: unixTime,
    host: text,
    processes: count,
    pss: { ...bytes, description: 'What all processes hold together, bytes.' },
    pssFrom: oneOf<Heartbeat['pssFrom']>(
      { kernel: 1, readings: 1, 'old-readings': 1 },
      {
        description:
          'kernel: AnonPages + Mapped; readings: the sum over all that can be read, each now; old-readings: some of these are older, or were not made yet.',
      },
    ),
    coverage: {
      ...number,
      description:
        'Share of the process memory that was read, now or before, 0 to 1. Absent where the host does not tell how much there is.',
    },
    readings: record<Readings>({ now: count, earlier: count, never: count, oldest: ms }),
    unread: {
      ...record<Heartbeat['unread']>({ denied: count, stuck: count, postponed: count, late: count, gone: count }),
      description: 'Processes that were to be read and could not be, by reason.',
    },
    gone: count,
    firing: count,
    undecided: { ...count, description: 'Targets that could not be judged in the snapshot before.' },
    waiting: { type: 'array', items: undecided, description: 'The 20 of these that have waited longest.' },
    cost,
    deliveries: {
      ...deliveries,
      description: 'What became of events since the start. Absent where nothing is delivered.',
    },
  },
  ['coverage', 'deliveries'],
);
