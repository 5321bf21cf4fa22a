import type { ReadRequest } from './channel.ts';

/** How a reading ended: by the reader's own word, by hanging, or not at all in the time there was. */
export type ReadOutcome = 'ok' | 'gone' | 'denied' | 'empty' | 'late' | 'stuck';

/** A process to be read, and who is told. `rss` in bytes tells how long the reading may take. */
export interface ReadJob extends ReadRequest {
  readonly rss: number;
  /** `fields` and `text` (the command line) are there when the outcome is the reader's word; valid until the call returns. */
  settle(outcome: ReadOutcome, fields?: Float64Array, text?: Uint8Array): void;
}

/** Jobs that wait to be sent, batch by batch, and jobs sent and not answered yet, in the order sent. */
export interface Backlog {
  readonly isEmpty: boolean;
  /** How many jobs wait for an answer. */
  readonly unanswered: number;
  /** The job that is being read: answers come in the order sent. */
  readonly first: ReadJob | undefined;
  add(jobs: readonly ReadJob[], where?: 'last' | 'next'): void;
  /** The next batch to be sent, which counts as sent then; undefined when there is none, or enough is on its way. */
  send(): readonly ReadJob[] | undefined;
  /** The first job was answered. */
  answered(): ReadJob | undefined;
  /** Takes away what was sent and not answered. */
  takeUnanswered(): ReadJob[];
  /** Takes away what was not sent. */
  takeWaiting(): ReadJob[];
}

/** So much is sent ahead that the reader never waits for the daemon, and so little that its answers fit into the pipes. */
const MAX_JOBS = 512;
const MAX_BYTES = 256 * 2 ** 20;

interface Batch {
  readonly jobs: readonly ReadJob[];
  readonly bytes: number;
}

/** Hot path: `answered` is called once for each process. */
export function backlog(): Backlog {
  const waiting: Batch[] = [];
  let sent: ReadJob[] = [];
  let head = 0;
  let bytes = 0;

  function fits(batch: Batch): boolean {
    const flying = sent.length - head;
    return flying === 0 || (flying + batch.jobs.length <= MAX_JOBS && bytes + batch.bytes <= MAX_BYTES);
  }

  function takeUnanswered(): ReadJob[] {
    const open = sent.slice(head);
    sent = [];
    head = 0;
    bytes = 0;
    return open;
  }

  return {
    get isEmpty() {
      return head === sent.length && waiting.length === 0;
    },
    get unanswered() {
      return sent.length - head;
    },
    get first() {
      return sent[head];
    },
    add(jobs, where = 'last') {
      if (jobs.length === 0) return;
      const batch = { jobs, bytes: jobs.reduce((sum, { rss }) => sum + rss, 0) };
      if (where === 'last') waiting.push(batch);
      else waiting.unshift(batch);
    },
    send() {
      const next = waiting[0];
      if (next === undefined || !fits(next)) return undefined;
      waiting.shift();
      if (head === sent.length) takeUnanswered();
      for (const job of next.jobs) sent.push(job);
      bytes += next.bytes;
      return next.jobs;
    },
    answered() {
      const job = sent[head];
      if (job === undefined) return undefined;
      head++;
      bytes -= job.rss;
      return job;
    },
    takeUnanswered,
    takeWaiting: () => waiting.splice(0).flatMap(({ jobs }) => jobs),
  };
}
