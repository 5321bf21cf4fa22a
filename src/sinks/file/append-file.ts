import { constants } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';

/** How to append to a file. */
export interface AppendOptions {
  readonly path: string;
  /** Written at the top of an empty file. */
  readonly header: string;
  /** Texts waiting for a slow disk may take so many bytes; beyond them new ones are dropped. */
  readonly waiting?: number;
  /** Told once when writing fails, and once when it works again. */
  readonly trouble: (message: string, severity: 'warning' | 'info') => void;
}

const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
// O_NONBLOCK: opening a FIFO that nobody reads must not hang.
const FLAGS = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK;

/**
 * Appends whole texts to a file, one after the other, without ever blocking the caller. Follows no link, takes no file
 * with a second name, opens anew when the file was moved away, and leaves no half text behind when the disk is full.
 */
export class AppendFile {
  readonly #options: AppendOptions;
  #handle: FileHandle | undefined;
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;
  #lost = 0;

  constructor(options: AppendOptions) {
    this.#options = options;
  }

  /** Appends a text soon. What can't be written is lost and reported, never thrown. */
  write(text: string): void {
    const size = Buffer.byteLength(text);
    if (this.#waiting > 0 && this.#waiting + size > (this.#options.waiting ?? 4 * 2 ** 20)) {
      this.#failed('the disk is too slow');
      return;
    }
    this.#waiting += size;
    this.#then(async () => {
      this.#waiting -= size;
      await this.#append(text);
    });
  }

  /** Opens the file again before the next text. */
  reopen(): void {
    this.#then(() => this.#shut());
  }

  /** Writes what waits and closes the file. A later write opens it again. */
  close(): Promise<void> {
    this.reopen();
    return this.#queue;
  }

  #then(step: () => Promise<void>): void {
    this.#queue = this.#queue.then(step).catch((error: unknown) => this.#failed(reason(error)));
  }

  async #append(text: string): Promise<void> {
    if (this.#handle && (await this.#moved(this.#handle))) await this.#shut();
    this.#handle ??= await openSafely(this.#options.path);
    const { size } = await this.#handle.stat();
    try {
      await this.#handle.writeFile(size === 0 ? this.#options.header + text : text);
    } catch (error) {
      await this.#handle.truncate(size).catch(() => undefined);
      throw error;
    }
    if (this.#lost > 0) this.#options.trouble(`${this.#options.path}: writes again; ${this.#lost} lost`, 'info');
    this.#lost = 0;
  }

  async #moved(handle: FileHandle): Promise<boolean> {
    const [ours, theirs] = await Promise.all([handle.stat(), lstat(this.#options.path).catch(() => undefined)]);
    return theirs?.ino !== ours.ino || theirs.dev !== ours.dev;
  }

  async #shut(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  #failed(why: string): void {
    this.#lost += 1;
    if (this.#lost === 1) this.#options.trouble(`${this.#options.path}: can't be written: ${why}`, 'warning');
  }
}

async function openSafely(path: string): Promise<FileHandle> {
  const handle = await open(path, FLAGS, 0o640);
  const found = await handle.stat();
  if (found.isFile() && found.nlink === 1) return handle;
  await handle.close();
  throw new Error(found.isFile() ? 'the file has a second name (hard link)' : 'it is not a regular file');
}

function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ELOOP') return 'it is a symbolic link, which is not followed';
  if (code === 'ENOSPC') return 'no space left on the disk';
  return error instanceof Error ? error.message : String(error);
}
