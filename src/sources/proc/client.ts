import { setTimeout as pause } from 'node:timers/promises';
import type { Severity } from '../../core/types.ts';
import { type Channel, openChannel, type ReadRequest } from './channel.ts';
import { Crew } from './crew.ts';
import { FIELD, STATUS } from './layout.ts';
import { monotonic } from './monotonic.ts';

/** How a reading ended: by the reader's own word, by hanging, or not at all in the time there was. */
export type ReadOutcome = 'ok' | 'gone' | 'denied' | 'empty' | 'late' | 'stuck';

/** A process to be read, and who is told. `rss` in bytes tells how long the reading may take. */
export interface ReadJob extends ReadRequest {
  readonly rss: number;
  /** `fields` and `text` (the command line) are there when the outcome is the reader's word; valid until the call returns. */
  settle(outcome: ReadOutcome, fields?: Float64Array, text?: Uint8Array): void;
}

/** What the client needs to know. */
export interface ClientOptions {
  readonly script: string;
  readonly root: string;
  /** ms without progress after which a reading counts as hung; big processes get more. */
  readonly deadline: number;
  notice(severity: Severity, message: string): void;
}

/** A child in an uninterruptible wait does not end even when killed. */
const CLOSE_WAIT = 500;
const START_DEADLINE = 5_000;
/** Once something hung, less patience: the snapshot is to end within a second all the same. */
const CAREFUL = 0.4;
const RESPAWN_PAUSE = 1_000;
const TICK = 10;
/** A page walk takes 6 to 50 ms per GiB; this is allowed on top of the deadline. */
const MS_PER_BYTE = 200 / 2 ** 30;
const MAX_FLIGHT = 512;
const MAX_FLIGHT_BYTES = 256 * 2 ** 20;
const MAX_DEATHS = 5;
const OUTCOMES: Readonly<Record<number, ReadOutcome>> = {
  [STATUS.ok]: 'ok',
  [STATUS.gone]: 'gone',
  [STATUS.denied]: 'denied',
  [STATUS.empty]: 'empty',
  [STATUS.trouble]: 'late',
};

/**
 * Keeps a reader child at work: sends it jobs, kills it when it hangs, starts another, finds out whose reading hung. Jobs are
 * answered in the order sent, so the first one unanswered is being read; but answers come in bundles, so after a first hang
 * everything is asked again with an answer each, which tells the culprit.
 */
export class ReaderClient {
  readonly #options: ClientOptions;
  readonly #queue: ReadJob[][] = [];
  readonly #waiting: (() => void)[] = [];
  #flight: ReadJob[] = [];
  #head = 0;
  #flightBytes = 0;
  readonly #crew: Crew;
  #careful = false;
  #closed = false;
  #failing = false;
  #spawnAfter = 0;
  #deaths = 0;
  #progress = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#crew = new Crew(() => this.#open());
  }

  /** Process id of the reader at work, if there is one. */
  get pid(): number | undefined {
    return this.#crew.current?.pid;
  }

  /** CPU time of all readers so far, ms. */
  get cpu(): number {
    return this.#crew.cpu;
  }

  /** Starts the child now, so that it is up when the first job comes. */
  start(): void {
    if (this.#crew.current !== undefined || this.#closed || monotonic() < this.#spawnAfter) return;
    this.#progress = monotonic();
    try {
      this.#crew.start();
    } catch (error) {
      this.#failed(error instanceof Error ? error.message : String(error));
    }
  }

  /** Reads these after all that was submitted before. Each job is settled exactly once, never within this call's own turn unless no reader can be had. */
  submit(jobs: ReadJob[]): void {
    if (jobs.length === 0) return;
    this.#queue.push(jobs);
    this.#pump();
  }

  /** Resolves when every job is settled. */
  idle(): Promise<void> {
    if (this.#isIdle()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Settles as late what was not sent yet. What is being read goes on. */
  abandon(): void {
    for (const job of this.#queue.splice(0).flat()) job.settle('late');
    this.#rest();
  }

  /** Ends the child; what is open is settled as late. Resolves when it is gone, or can't be waited for. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const gone = this.#crew.current?.gone;
    this.#crew.dismissReserve();
    this.#giveUp(this.#drop());
    if (gone === undefined) return;
    const waited = new AbortController();
    await Promise.race([gone, pause(CLOSE_WAIT, undefined, { signal: waited.signal }).catch(() => {})]);
    waited.abort();
  }

  #isIdle(): boolean {
    return this.#head === this.#flight.length && this.#queue.length === 0;
  }

  #pump(): void {
    if (this.#queue.length > 0) this.start();
    const channel = this.#crew.current;
    if (channel === undefined) {
      this.#giveUp([]);
      return;
    }
    for (let next = this.#queue[0]; next !== undefined && this.#fits(next); next = this.#queue[0]) {
      this.#queue.shift();
      if (this.#head === this.#flight.length) {
        this.#flight = [];
        this.#head = 0;
        this.#flightBytes = 0;
        this.#progress = monotonic();
      }
      this.#flight.push(...next);
      this.#flightBytes += bytesOf(next);
      channel.send(next, this.#careful);
    }
    this.#timer ??= setTimeout(() => this.#tick(), TICK);
  }

  #fits(batch: readonly ReadJob[]): boolean {
    const flying = this.#flight.length - this.#head;
    if (flying === 0) return true;
    return flying + batch.length <= MAX_FLIGHT && this.#flightBytes + bytesOf(batch) <= MAX_FLIGHT_BYTES;
  }

  #open(): Channel {
    const channel: Channel = openChannel(this.#options.script, this.#options.root, {
      progress: () => {
        if (channel === this.#crew.current) this.#progress = monotonic();
        this.#failing = false;
      },
      record: (fields, text) => this.#answered(fields, text),
      end: (reason) => this.#crew.ended(channel) && this.#ended(reason, channel.up),
    });
    return channel;
  }

  #answered(fields: Float64Array, text: Uint8Array): void {
    const job = this.#flight[this.#head];
    if (job === undefined) return;
    this.#head++;
    this.#flightBytes -= job.rss;
    job.settle(OUTCOMES[fields[FIELD.status] ?? 0] ?? 'empty', fields, text);
    if (this.#queue.length > 0 && this.#flight.length - this.#head <= MAX_FLIGHT / 2) this.#pump();
    this.#rest();
  }

  #tick(): void {
    this.#timer = undefined;
    if (this.#isIdle() || this.#closed) return;
    this.#timer = setTimeout(() => this.#tick(), TICK);
    // Timers run before input is looked at: an answer may be lying there, unread because the daemon itself was busy.
    if (this.#silence() > 1) setImmediate(() => this.#silence() > 1 && this.#hung());
    else if (this.#silence() > 0.5 && this.#crew.current?.up) this.#crew.callReserve();
  }

  /** How long nothing was heard, as a share of what is allowed. */
  #silence(): number {
    const reader = this.#crew.current;
    if (reader === undefined) return 0;
    const { deadline } = this.#options;
    const allowed =
      (this.#careful ? deadline * CAREFUL : deadline) + (this.#flight[this.#head]?.rss ?? 0) * MS_PER_BYTE;
    return (monotonic() - this.#progress) / (reader.up ? allowed : START_DEADLINE);
  }

  #hung(): void {
    if (!this.#crew.current?.up) {
      this.#failed(`it was not ready within ${START_DEADLINE / 1e3} s`);
      return;
    }
    const open = this.#drop();
    const culprit = this.#careful || open.length === 1 ? open.shift() : undefined;
    this.#careful = true;
    if (open.length > 0) this.#queue.unshift(open);
    culprit?.settle('stuck');
    this.#goOn();
  }

  #ended(reason: string, wasUp: boolean): void {
    if (!wasUp) {
      this.#failed(reason);
      return;
    }
    const idle = this.#isIdle();
    const open = this.#drop();
    this.#options.notice('warning', `the reader ended unexpectedly (${reason}): it is started again`);
    // With nothing to do the next job starts it: a reader that always dies must not be started in a circle.
    if (idle) return;
    this.#deaths++;
    const suspect = this.#careful ? open.shift() : undefined;
    this.#careful = true;
    if (open.length > 0) this.#queue.unshift(open);
    suspect?.settle('late');
    if (this.#deaths < MAX_DEATHS) this.#goOn();
    else this.#giveUp([]);
  }

  #failed(reason: string): void {
    const open = this.#drop();
    this.#spawnAfter = monotonic() + RESPAWN_PAUSE;
    if (!this.#failing) {
      this.#options.notice(
        'critical',
        `the reader could not be started (${reason}): no PSS until it can, tried again at every snapshot`,
      );
    }
    this.#failing = true;
    this.#giveUp(open);
  }

  /** Kills the child. @returns the jobs it leaves open. */
  #drop(): ReadJob[] {
    const open = this.#flight.slice(this.#head);
    this.#flight = [];
    this.#head = 0;
    this.#flightBytes = 0;
    this.#crew.dismiss();
    return open;
  }

  /** A child is always at hand, even when nothing is left to do. */
  #goOn(): void {
    this.start();
    this.#pump();
    this.#rest();
  }

  #giveUp(open: readonly ReadJob[]): void {
    for (const job of [...open, ...this.#queue.splice(0).flat()]) job.settle('late');
    this.#rest();
  }

  /** When nothing is open: the next round starts afresh, and whoever waits is told. */
  #rest(): void {
    if (!this.#isIdle()) return;
    this.#careful = false;
    this.#deaths = 0;
    this.#crew.dismissReserve();
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

function bytesOf(jobs: readonly ReadJob[]): number {
  let bytes = 0;
  for (const { rss } of jobs) bytes += rss;
  return bytes;
}
