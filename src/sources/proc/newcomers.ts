import { readdirSync } from 'node:fs';
import { FAILED, reasonOf } from './files.ts';
import { type PidClock, pidClock } from './pids.ts';

/** Tells when a proc root has to be listed anew: while no pid was given out, there is nobody who is not known. */
export class Newcomers {
  readonly #root: string;
  readonly #clock: PidClock;
  /** The last pid given out when everybody was met; undefined: somebody could not be. */
  #lastPid: number | undefined;

  constructor(root: string) {
    this.#root = root;
    this.#clock = pidClock(root);
  }

  /**
   * Lists everybody, where somebody may have come. @returns undefined when nobody can have, or where descriptors are short: then
   * those who are known have to do. @throws when the root can't be listed, and nobody is known
   */
  list(someAreKnown: boolean): number[] | undefined {
    const last = this.#clock.last();
    const nobodyCame = last !== undefined && last === this.#lastPid;
    this.#lastPid = last;
    if (nobodyCame) return undefined;
    try {
      return readdirSync(this.#root).map(Number);
    } catch (error) {
      if (reasonOf(error) !== FAILED || !someAreKnown) throw error;
      this.missed();
      return undefined;
    }
  }

  /** Somebody could not be met: the next scan lists again, whether a pid was given out or not. */
  missed(): void {
    this.#lastPid = undefined;
  }
}
