import { messageOf } from '../../core/errors.ts';
import { AppendFile, explainFileError } from '../../files/append-file.ts';

/** How to append to a file. */
export interface LossyOptions {
  readonly path: string;
  /** Written at the top of an empty file. */
  readonly header: string;
  /** Texts waiting for a slow disk may take so many bytes; beyond them new ones are dropped. */
  readonly waiting?: number;
  /** Told once when writing fails, and once when it works again. */
  readonly trouble: (message: string, severity: 'warning' | 'info') => void;
}

/** Appends rows to a file without ever holding up or failing the caller: what can't be written is lost, counted and told. */
export class LossyFile {
  readonly #options: LossyOptions;
  readonly #file: AppendFile;
  #waiting = 0;
  #lost = 0;

  constructor(options: LossyOptions) {
    this.#options = options;
    this.#file = new AppendFile(options.path, options.header);
  }

  /** Appends rows, with their line feeds, soon. */
  write(rows: string): void {
    const size = Buffer.byteLength(rows);
    if (this.#waiting > 0 && this.#waiting + size > (this.#options.waiting ?? 4 * 2 ** 20)) {
      this.#failed('the disk is too slow');
      return;
    }
    this.#waiting += size;
    this.#file
      .append(rows)
      .then(
        () => this.#worked(),
        (error: unknown) => this.#failed(explainFileError(error) ?? messageOf(error)),
      )
      .finally(() => {
        this.#waiting -= size;
      });
  }

  /** Opens the file again before the next rows. */
  reopen(): void {
    this.#file.reopen();
  }

  /** Writes what waits and closes the file. A later write opens it again. */
  close(): Promise<void> {
    return this.#file.close();
  }

  #worked(): void {
    if (this.#lost > 0) this.#options.trouble(`${this.#options.path}: writes again; ${this.#lost} lost`, 'info');
    this.#lost = 0;
  }

  #failed(why: string): void {
    this.#lost += 1;
    if (this.#lost === 1) this.#options.trouble(`${this.#options.path}: can't be written: ${why}`, 'warning');
  }
}
