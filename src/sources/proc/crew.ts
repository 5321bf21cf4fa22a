import type { Channel } from './channel.ts';

/** The reader at work, and one in reserve while the first one is suspected of hanging: starting one takes longer than noticing. */
export class Crew {
  readonly #open: () => Channel;
  #current: Channel | undefined;
  #reserve: Channel | undefined;
  #cpuOfEarlier = 0;

  /** @param open starts a reader; may throw. */
  constructor(open: () => Channel) {
    this.#open = open;
  }

  get current(): Channel | undefined {
    return this.#current;
  }

  /** CPU time of all readers so far, ms. */
  get cpu(): number {
    return this.#cpuOfEarlier + (this.#current?.cpu ?? 0);
  }

  /** Puts a reader to work if there is none. @throws what spawn throws. */
  start(): void {
    this.#current ??= this.#reserve ?? this.#open();
    if (this.#current === this.#reserve) this.#reserve = undefined;
  }

  /** Has a second one start. That it can't is found out when it is needed. */
  callReserve(): void {
    try {
      this.#reserve ??= this.#open();
    } catch {
      this.#reserve = undefined;
    }
  }

  /** A reader ended by itself. @returns whether it was the one at work. */
  ended(channel: Channel): boolean {
    if (this.#reserve === channel) this.#reserve = undefined;
    return this.#current === channel;
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
}
