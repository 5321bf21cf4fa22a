import type { Severity } from '../../core/types.ts';
import { type Channel, type ChannelEvents, openChannel } from './channel.ts';
import { monotonic } from './monotonic.ts';

/** What readers are started with. */
export interface CrewOptions {
  readonly script: string;
  readonly root: string;
  notice(severity: Severity, message: string): void;
}

/** What the reader at work says, and how it ends. */
export interface CrewEvents extends Pick<ChannelEvents, 'record'> {
  /** It ended by itself, as was told. */
  end(): void;
  /** It could not be started, as was told: there is none for a while. */
  missing(): void;
}

const START_DEADLINE = 5_000;
const RESPAWN_PAUSE = 1_000;

/**
 * The reader at work, and one in reserve while the first one is suspected of hanging: starting one takes longer than noticing.
 * A reader that can't be started is told once, and tried again after a pause.
 */
export class Crew {
  readonly #options: CrewOptions;
  readonly #events: CrewEvents;
  #current: Channel | undefined;
  #reserve: Channel | undefined;
  #cpuOfEarlier = 0;
  #heardAt = 0;
  #failing = false;
  #startAfter = 0;

  constructor(options: CrewOptions, events: CrewEvents) {
    this.#options = options;
    this.#events = events;
  }

  get current(): Channel | undefined {
    return this.#current;
  }

  /** CPU time of all readers so far, ms. */
  get cpu(): number {
    return this.#cpuOfEarlier + (this.#current?.cpu ?? 0);
  }

  /** Puts a reader to work if there is none. */
  start(): void {
    if (this.#current !== undefined || monotonic() < this.#startAfter) return;
    this.listen();
    try {
      this.#current = this.#reserve ?? this.#open();
      this.#reserve = undefined;
    } catch (error) {
      this.#failed(error instanceof Error ? error.message : String(error));
    }
  }

  /** Has a second one start. That it can't is found out when it is needed. */
  callReserve(): void {
    try {
      this.#reserve ??= this.#open();
    } catch {
      this.#reserve = undefined;
    }
  }

  /** Kills the one at work. */
  dismiss(): void {
    this.#current?.kill();
    this.#cpuOfEarlier += this.#current?.cpu ?? 0;
    this.#current = undefined;
  }

  /** Kills the one in reserve. */
  dismissReserve(): void {
    this.#reserve?.kill();
    this.#reserve = undefined;
  }

  /** Silence counts from now: it is asked for something. */
  listen(): void {
    this.#heardAt = monotonic();
  }

  /** How long nothing was heard of the one at work, as a share of `allowed` ms. One that takes too long to start is given up. */
  silence(allowed: number): number {
    if (this.#current === undefined) return 0;
    const silence = monotonic() - this.#heardAt;
    if (this.#current.up) return silence / allowed;
    if (silence > START_DEADLINE) this.#failed(`it was not ready within ${START_DEADLINE / 1e3} s`);
    return 0;
  }

  #open(): Channel {
    const { script, root } = this.#options;
    const channel: Channel = openChannel(script, root, {
      progress: () => {
        if (channel === this.#current) this.listen();
        this.#failing = false;
      },
      record: this.#events.record,
      end: (reason) => this.#ended(channel, reason),
    });
    return channel;
  }

  #ended(channel: Channel, reason: string): void {
    if (this.#reserve === channel) this.#reserve = undefined;
    if (this.#current !== channel) return;
    if (!channel.up) {
      this.#failed(reason);
      return;
    }
    this.#options.notice('warning', `the reader ended unexpectedly (${reason}): it is started again`);
    this.#events.end();
  }

  #failed(reason: string): void {
    this.dismiss();
    this.#startAfter = monotonic() + RESPAWN_PAUSE;
    if (!this.#failing) {
      this.#options.notice(
        'critical',
        `the reader could not be started (${reason}): no PSS until it can, tried again at every snapshot`,
      );
    }
    this.#failing = true;
    this.#events.missing();
  }
}
