import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { messageOf } from '../../core/errors.ts';
import { backOff, type Pace } from '../../core/outbox/pace.ts';
import type { Batch, Kept, Spool } from '../spool/spool.ts';
import type { Outcome } from './answer.ts';
import { Standing } from './standing.ts';

/** How batches are sent. */
export interface ShipperOptions {
  /** Offers a packed batch; never throws. */
  post(packed: Uint8Array, signal: AbortSignal): Promise<Outcome>;
  /** Where batches wait, the best place first. The last one always takes them. */
  readonly spools: readonly [Spool, ...Spool[]];
  readonly pace: Pick<Pace, 'first' | 'longest'>;
  readonly trouble: (message: string, severity: 'warning' | 'info') => void;
}

/** So many batches may wait for the one under way before they are laid aside. */
const FRESH = 2;
/** When psstop ends, what is under way gets this long, ms. */
const LAST_WORDS = 900;

type Next = Batch & { readonly spool?: Spool; readonly id?: string };

/**
 * Sends batches one after the other. Nobody ever waits for it: what the database does not take now is laid aside, tried again with
 * growing pauses, and given up when it is refused. A batch may be sent twice, which for InfluxDB is the same as once.
 */
export class Shipper {
  readonly #options: ShipperOptions;
  readonly #standing: Standing;
  readonly #fresh: Batch[] = [];
  readonly #ended = new AbortController();
  readonly #tries = new Map<string, number>();
  #packing: Promise<void> = Promise.resolve();
  #putting: Promise<void> = Promise.resolve();
  #pumping: Promise<void> | undefined;
  #failures = 0;
  #notBefore = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: ShipperOptions) {
    this.#options = options;
    this.#standing = new Standing(options.trouble);
  }

  /** The database does not take anything at the moment. */
  get away(): boolean {
    return this.#failures > 0;
  }

  /** Bytes laid aside. */
  get waiting(): number {
    return this.#options.spools.reduce((sum, { size }) => sum + size, 0);
  }

  /** Lines that were given up since the start. */
  get lost(): number {
    return this.#standing.lost;
  }

  /** Looks whether an earlier run has left something. */
  resume(): void {
    if (this.waiting > 0) this.#pump();
  }

  /** Sends lines soon. Packed one after the other: a small batch would overtake a large one. @param made Unix ms. */
  ship(text: string, lines: number, made: number): Promise<void> {
    this.#packing = this.#packing.then(async () => this.#take({ packed: await promisify(gzip)(text), lines, made }));
    return this.#packing;
  }

  async #take(batch: Batch): Promise<void> {
    this.#fresh.push(batch);
    if (this.#closed) return;
    if (this.away || this.#fresh.length > FRESH) await this.#layAside();
    this.#pump();
  }

  /** Gives what is under way a little less than a second, and lays the rest aside. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const timer = setTimeout(() => this.#ended.abort(), LAST_WORDS);
    await this.#pumping;
    if (!this.away) await this.#run(() => !this.#ended.signal.aborted);
    clearTimeout(timer);
    await this.#layAside();
    this.#standing.end(this.#options.spools.at(-1)?.size ?? 0);
  }

  #pump(): void {
    if (this.#closed || this.#pumping || performance.now() < this.#notBefore) return;
    this.#pumping = this.#run(() => !this.#closed).finally(() => {
      this.#pumping = undefined;
    });
  }

  /** Sends until there is nothing left, or the database takes no more. */
  async #run(goOn: () => boolean): Promise<void> {
    while (goOn() && performance.now() >= this.#notBefore) {
      const next = await this.#next();
      if (next === undefined) return;
      await this.#send(next);
    }
  }

  async #next(): Promise<Next | undefined> {
    await this.#putting;
    for (const spool of this.#options.spools) {
      const { kept, lost } = await spool.oldest();
      this.#standing.lose(lost, 'too old, or damaged on the disk');
      if (kept) return { ...kept, spool };
    }
    return this.#fresh.shift();
  }

  async #send(batch: Next): Promise<void> {
    const outcome = await this.#options.post(batch.packed, this.#ended.signal);
    switch (outcome.kind) {
      case 'taken':
        this.#failures = 0;
        this.#standing.well();
        return this.#forget(batch);
      case 'refused':
        // It has answered.
        this.#failures = 0;
        return this.#giveUp({ ...batch, lines: outcome.lines ?? batch.lines }, outcome.why);
      case 'split':
        return this.#split(batch, outcome.why);
      case 'later':
        return this.#later(batch, outcome);
    }
  }

  async #later(batch: Next, { why, after = 0, tries }: Outcome & { readonly kind: 'later' }): Promise<void> {
    const key = batch.id ?? String(batch.made);
    const tried = (this.#tries.get(key) ?? 0) + 1;
    this.#failures += 1;
    this.#pause(Math.max(after, backOff(this.#failures, this.#options.pace, Math.random())));
    this.#standing.away(why);
    if (tries !== undefined && tried >= tries) return this.#giveUp(batch, why);
    if (batch.spool === undefined) this.#fresh.unshift(batch);
    else if (tries !== undefined) this.#tries.set(key, tried);
    await this.#layAside();
  }

  #pause(wait: number): void {
    this.#notBefore = performance.now() + wait;
    clearTimeout(this.#timer);
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      // A timer may come some ms early by this clock.
      this.#notBefore = 0;
      this.#pump();
    }, wait).unref();
  }

  /** One line that is too long alone is given up; of more, both halves are tried. */
  async #split(batch: Next, why: string): Promise<void> {
    const lines = (await promisify(gunzip)(batch.packed)).toString().split(/(?<=\n)/);
    if (lines.length < 2) return this.#giveUp(batch, why);
    const half = lines.length >> 1;
    for (const part of [lines.slice(0, half), lines.slice(half)]) {
      const packed = await promisify(gzip)(part.join(''));
      await this.#put({ packed, lines: part.length, made: batch.made });
    }
    await this.#forget(batch);
  }

  async #giveUp(batch: Next, why: string): Promise<void> {
    this.#standing.lose(batch.lines, why);
    await this.#forget(batch);
  }

  async #forget({ spool, id = '' }: Next): Promise<void> {
    this.#tries.delete(id);
    await spool?.drop(id);
  }

  /** One after the other, so that two never write at once. */
  #layAside(): Promise<void> {
    this.#putting = this.#putting.then(async () => {
      for (let batch = this.#fresh.shift(); batch; batch = this.#fresh.shift()) await this.#put(batch);
    });
    return this.#putting;
  }

  async #put(batch: Batch | Kept): Promise<void> {
    for (const spool of this.#options.spools) {
      try {
        return this.#standing.lose(await spool.put(batch), 'no room to keep more');
      } catch (error) {
        this.#standing.noDisk(messageOf(error));
      }
    }
  }
}
