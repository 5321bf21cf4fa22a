import { setTimeout as sleep } from 'node:timers/promises';
import type { Digests } from './data.ts';
import { type Hint, watchFolders } from './hint.ts';
import { asLoaded, differences, type FilesState, lookAt, untouched } from './state.ts';

/** What to watch, and how. */
export interface WatchOptions {
  /** Files, and folders of rules files. */
  readonly paths: readonly string[];
  /** What was loaded already: a change since then is told. Without it the watch begins with the files as they are. */
  readonly loaded?: Digests;
  /** Told the files that changed, once for each stable state. What it throws is told to `notice`. */
  onChange(changed: readonly string[]): void | Promise<void>;
  /** Looks by itself this often, ms: a hint may be missing. */
  readonly poll?: number;
  /** Two looks this far apart must see the same before it counts, ms: a file that is being written may be valid with rules missing. */
  readonly settle?: number;
  /** Told of trouble that does not stop the watching. */
  notice?(message: string): void;
}

/** A watch on rules files. */
export interface RulesWatch {
  /** Looks now and calls `onChange` even if nothing changed (SIGHUP). Settles when that is done. */
  check(): Promise<void>;
  /**
   * True while the files are as `onChange` was told. To be asked between loading and swapping: what was loaded may be
   * half of a change that came meanwhile; `onChange` is called again for it.
   */
  isCurrent(): boolean;
  /** Watches other paths from now on: psstop.yaml may name other folders than before. */
  follow(paths: readonly string[]): void;
  /** No call of `onChange` begins after this. */
  close(): Promise<void>;
}

/** After a hint others follow at once: one look serves them all, ms. */
const HINT_DELAY = 50;
/** A file that is written on and on is left alone until the next look. */
const MOST_LOOKS = 20;

/** Watches for changes of rules files. */
export function watchRules(options: WatchOptions): RulesWatch {
  return new Watch(options);
}

class Watch implements RulesWatch {
  readonly #options: WatchOptions;
  readonly #hint: Hint;
  #paths: readonly string[];
  #accepted: FilesState;
  /** One look after the other: nobody accepts a state while another does. */
  #turn: Promise<void> = Promise.resolve();
  #poll: NodeJS.Timeout;
  #hinted: NodeJS.Timeout | undefined;
  /** A look is due and has not begun: it will see what another one would. */
  #waiting = false;
  #closed = false;
  #deaf = false;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#paths = options.paths;
    const now = lookAt(options.paths);
    this.#accepted = options.loaded ? asLoaded(now, options.loaded) : now;
    this.#hint = watchFolders({
      onHint: () => {
        this.#hinted ??= setTimeout(() => this.#onHint(), HINT_DELAY);
      },
      onTrouble: (message) => this.#onDeaf(message),
    });
    this.#poll = setInterval(() => this.#take(false), options.poll ?? 5000);
    this.#poll.unref();
    this.#take(false);
  }

  check(): Promise<void> {
    return this.#take(true);
  }

  isCurrent(): boolean {
    return untouched(this.#accepted, lookAt(this.#paths, this.#accepted));
  }

  follow(paths: readonly string[]): void {
    const known = this.#accepted;
    this.#paths = paths;
    this.#accepted = new Map([...lookAt(paths)].map(([file, state]) => [file, known.get(file) ?? state]));
    this.#take(false);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#poll);
    clearTimeout(this.#hinted);
    await this.#turn;
    await this.#hint.close();
    clearTimeout(this.#hinted);
  }

  #onHint(): void {
    this.#hinted = undefined;
    this.#take(false);
  }

  #onDeaf(message: string): void {
    if (this.#deaf) return;
    this.#deaf = true;
    this.#options.notice?.(`changes of the rules are seen only every few seconds: ${message}`);
  }

  #take(forced: boolean): Promise<void> {
    if (this.#waiting && !forced) return this.#turn;
    this.#waiting = true;
    this.#turn = this.#turn
      .then(() => {
        this.#waiting = false;
        return this.#look(forced);
      })
      .catch((error: unknown) => this.#options.notice?.(`watching the rules: ${String(error)}`));
    return this.#turn;
  }

  async #look(forced: boolean): Promise<void> {
    if (this.#closed) return;
    await this.#hint.follow(this.#paths).catch((error: unknown) => this.#onDeaf(String(error)));
    const now = lookAt(this.#paths, this.#accepted);
    if (!forced && untouched(this.#accepted, now)) return;
    const stable = await this.#settled(now);
    if (this.#closed) return;
    if (stable === undefined) throw new Error('the files are being written on and on');
    const changed = differences(this.#accepted, stable);
    this.#accepted = stable;
    if (forced || changed.length > 0) await this.#options.onChange(changed);
  }

  /** The files as they were in two looks, one after the other. */
  async #settled(first: FilesState): Promise<FilesState | undefined> {
    let before = first;
    for (let looks = 0; looks < MOST_LOOKS && !this.#closed; looks += 1) {
      await sleep(this.#options.settle ?? 250);
      const now = lookAt(this.#paths);
      if (untouched(before, now) && differences(before, now).length === 0) return now;
      before = now;
    }
    return undefined;
  }
}
