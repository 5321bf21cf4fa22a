import type {
  Bounds,
  Cost,
  ExactReading,
  HostMemory,
  JsonSchema,
  Pressure,
  ProcessInfo,
  ProcessSample,
  ResourceLimit,
  Snapshot,
  UnreadReason,
} from '../core/types.ts';
import { oneOf } from './definitions.ts';
import { bytes, count, ms, number, record, stranger, text, unixTime, uptime } from './shapes.ts';

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
    build: { ...text, description: 'Tells one build of the program from another.' },
    cmdline: stranger,
    uid: count,
    user: text,
    cgroup: stranger,
    unit: text,
    container: text,
  },
  ['exe', 'build', 'cmdline', 'unit', 'container'],
);

const sample = record<ProcessSample>(
  {
    process: processInfo,
    rss: { ...bytes, description: 'Resident set size: PSS is at most this.' },
    shared: { ...bytes, description: 'The part of rss that is files and shared memory.' },
    lag: { ...bytes, description: 'How far rss may lag behind on this kernel; absent: not at all.' },
    cpu: { ...ms, description: 'CPU time taken since its start, ms.' },
    threads: count,
    loadAt: { ...uptime, description: 'Uptime when cpu and threads were looked at, ms; absent: in this snapshot.' },
    swap: { ...bytes, description: 'SwapPss is at most this; absent: not known.' },
    exact: { ...exact, description: 'What was read in this snapshot.' },
    last: { ...exact, description: 'The last reading; its `at` tells how old it is.' },
    still: { type: 'boolean', description: 'As far as can be told without reading, `last` is still true.' },
    unread: oneOf<UnreadReason>({ denied: 1, stuck: 1, postponed: 1, late: 1, gone: 1 }),
    ceiling: bytes,
    room: {
      ...bytes,
      description: 'What it may take yet under the limits of its cgroups, less what others use there.',
    },
    limits: {
      type: 'array',
      items: record<ResourceLimit>({
        name: oneOf<ResourceLimit['name']>({ RLIMIT_AS: 1, RLIMIT_DATA: 1 }),
        limit: bytes,
        used: bytes,
      }),
      description: 'Limits of its own on its memory, where a rule asks for them.',
    },
  },
  [
    ...(['cpu', 'threads', 'loadAt', 'shared', 'lag', 'swap', 'exact', 'last', 'still', 'unread'] as const),
    ...(['ceiling', 'room', 'limits'] as const),
  ],
);

const pressure = record<Pressure>({ some10: number, some60: number, full10: number, full60: number });

const bounds = record<Bounds>({ low: bytes, high: bytes });

const memory = record<HostMemory>(
  {
    total: bytes,
    available: bytes,
    anon: bytes,
    mapped: bytes,
    swapTotal: bytes,
    swapFree: bytes,
    held: {
      ...record<NonNullable<HostMemory['held']>>({ anon: bounds, mapped: bounds }),
      description: 'What all processes hold together; only where every process of the host is seen.',
    },
    pressure,
  },
  ['held', 'pressure'],
);

/** What taking a snapshot cost. */
export const cost: JsonSchema = record<Cost>({
  exact: { ...count, description: 'Processes that were read exactly.' },
  wall: ms,
  longest: { ...ms, description: 'The longest single reading, ms: the process that was read may have waited so long.' },
  cpu: { ...ms, description: 'CPU time of psstop and its reader, ms.' },
});

/** Schema of one snapshot, as a recording holds it. */
export function snapshotSchema(dialect: string): JsonSchema {
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
