import { setTimeout as pause } from 'node:timers/promises';
import { backlog, type ReadJob, type ReadOutcome } from './backlog.ts';
import { Crew, type CrewOptions } from './crew.ts';
import { FIELD, STATUS } from './layout.ts';

/** What the client needs to know. */
export interface ClientOptions extends CrewOptions {
  /** ms without progress after which a reading counts as hung; big processes get more. */
  readonly deadline: number;
}

/** A child in an uninterruptible wait does not end even when killed. */
const CLOSE_WAIT = 500;
/** Once something hung, less patience: the snapshot is to end within a second all the same. */
const CAREFUL = 0.4;
/** After this share of the allowed silence a second reader is started, to be up when the first is given up. */
const SUSPICION = 0.5;
const TICK = 10;
/** A page walk takes 6 to 50 ms per GiB; this is allowed on top of the deadline. */
const MS_PER_BYTE = 200 / 2 ** 30;
/** With fewer than this under way the next batch is sent. */
const RUNNING_LOW = 256;
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
  readonly #deadline: number;
  readonly #backlog = backlog();
  readonly #crew: Crew;
  readonly #waiting: (() => void)[] = [];
  #careful = false;
  #closed = false;
  #deaths = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ClientOptions) {
    this.#deadline = options.deadline;
    this.#crew = new Crew(options, {
      record: (fields, text) => this.#answered(fields, text),
      end: () => this.#ended(),
      missing: () => this.#giveUp(),
    });
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
    if (!this.#closed) this.#crew.start();
  }

  /** Reads these after all that was submitted before. Each job is settled exactly once, never within this call's own turn unless no reader can be had. */
  submit(jobs: readonly ReadJob[]): void {
    if (jobs.length === 0) return;
    this.#backlog.add(jobs);
    this.start();
    this.#send();
  }

  /** Resolves when every job is settled. */
  idle(): Promise<void> {
    if (this.#backlog.isEmpty) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Settles as late what was not sent yet. What is being read goes on. */
  abandon(): void {
    this.#late(this.#backlog.takeWaiting());
  }

  /** Ends the child; what is open is settled as late. Resolves when it is gone, or can't be waited for. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const gone = this.#crew.current?.gone;
    this.#crew.dismiss();
    this.#giveUp();
    if (gone === undefined) return;
    const waited = new AbortController();
    await Promise.race([gone, pause(CLOSE_WAIT, undefined, { signal: waited.signal }).catch(() => {})]);
    waited.abort();
  }

  #send(): void {
    if (this.#backlog.isEmpty) return;
    const channel = this.#crew.current;
    if (channel === undefined) {
      this.#giveUp();
      return;
    }
    if (this.#backlog.unanswered === 0) this.#crew.listen();
    for (let jobs = this.#backlog.send(); jobs !== undefined; jobs = this.#backlog.send()) {
      channel.send(jobs, this.#careful);
    }
    this.#timer ??= setTimeout(() => this.#tick(), TICK);
  }

  #answered(fields: Float64Array, text: Uint8Array): void {
    this.#backlog.answered()?.settle(OUTCOMES[fields[FIELD.status] ?? 0] ?? 'empty', fields, text);
    if (this.#backlog.unanswered === RUNNING_LOW || this.#backlog.unanswered === 0) this.#goOn();
  }

  #tick(): void {
    this.#timer = undefined;
    if (this.#backlog.isEmpty || this.#closed) return;
    this.#timer = setTimeout(() => this.#tick(), TICK);
    // Timers run before input is looked at: an answer may be lying there, unread because the daemon itself was busy.
    if (this.#silence() > 1) setImmediate(() => this.#silence() > 1 && this.#hung());
    else if (this.#silence() > SUSPICION) this.#crew.callReserve();
  }

  /** How long nothing was heard, as a share of what is allowed. */
  #silence(): number {
    const { first } = this.#backlog;
    if (first === undefined) return 0;
    return this.#crew.silence(this.#deadline * (this.#careful ? CAREFUL : 1) + first.rss * MS_PER_BYTE);
  }

  #hung(): void {
    this.#askAgain('stuck');
    this.#goOn();
    // Where one hangs the next is seldom alone, and under load a start takes longer than a deadline.
    if (!this.#backlog.isEmpty) this.#crew.callReserve();
  }

  /** With nothing to do the next job starts it: a reader that always dies must not be started in a circle. */
  #ended(): void {
    const idle = this.#backlog.isEmpty;
    this.#deaths++;
    this.#askAgain('late');
    if (!idle && this.#deaths < MAX_DEATHS) this.#goOn();
    else this.#giveUp();
  }

  /** Has everything open read again, one by one, without the culprit where it is known. */
  #askAgain(outcome: 'stuck' | 'late'): void {
    this.#crew.dismiss();
    const open = this.#backlog.takeUnanswered();
    const known = this.#careful || (outcome === 'stuck' && open.length === 1);
    const culprit = known ? open.shift() : undefined;
    this.#careful = true;
    this.#backlog.add(open, 'next');
    culprit?.settle(outcome);
  }

  /** A child is always at hand, even when nothing is left to do. */
  #goOn(): void {
    this.start();
    this.#send();
    this.#rest();
  }

  #giveUp(): void {
    this.#late([...this.#backlog.takeUnanswered(), ...this.#backlog.takeWaiting()]);
  }

  #late(jobs: readonly ReadJob[]): void {
    for (const job of jobs) job.settle('late');
    this.#rest();
  }

  /** When nothing is open: the next round starts afresh, and whoever waits is told. */
  #rest(): void {
    if (!this.#backlog.isEmpty) return;
    this.#careful = false;
    this.#deaths = 0;
    this.#crew.dismissReserve();
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
