type Trouble = (message: string, severity: 'warning' | 'info') => void;

/** The same trouble is told again after so long, ms. */
const AGAIN = 3_600_000;

/** Tells how it goes with a database, each trouble once and its end, and counts what the database never got. */
export class Standing {
  readonly #trouble: Trouble;
  #away = false;
  #full = false;
  #lostWhileAway = 0;
  readonly #told = new Map<string, number>();
  lost = 0;

  constructor(trouble: Trouble) {
    this.#trouble = trouble;
  }

  /** It took a batch. */
  well(): void {
    if (!this.#away) return;
    const lost = this.#lostWhileAway;
    this.#away = false;
    this.#full = false;
    this.#lostWhileAway = 0;
    this.#trouble(`takes data again${lost > 0 ? `; ${lost} points were lost meanwhile` : ''}`, 'info');
  }

  /** It takes nothing now. */
  away(why: string): void {
    if (this.#away) return;
    this.#away = true;
    this.#trouble(`${why}: what comes is kept for it`, 'warning');
  }

  /** Lines are given up. */
  lose(lines: number, why: string): void {
    if (lines === 0) return;
    this.lost += lines;
    if (this.#away) this.#lostWhileAway += lines;
    this.#once('lost', `${lines} points are given up: ${why}`);
  }

  /** Nothing can be kept on the disk. */
  noDisk(why: string): void {
    if (this.#full) return;
    this.#full = true;
    this.#once('disk', `can't keep data on the disk, keeps what memory has room for: ${why}`);
  }

  /** psstop ends. @param bytes that go with it. */
  end(bytes: number): void {
    if (bytes > 0) this.#trouble(`${bytes} packed bytes that were never taken are lost`, 'warning');
  }

  #once(kind: string, message: string): void {
    const last = this.#told.get(kind);
    const now = performance.now();
    if (last !== undefined && now - last < AGAIN) return;
    this.#told.set(kind, now);
    this.#trouble(message, 'warning');
  }
}
