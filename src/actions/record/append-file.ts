import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';

// O_NONBLOCK: opening a FIFO that nobody reads fails instead of waiting for ever.
const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** A place that must not be written to. Trying again does not help. */
export class UnsafeFile extends Error {}

/**
 * A file that lines are appended to, by one writer after the other. It follows logrotate: opened anew when its name leads to
 * another inode, or when told. Symbolic links, hard links and whatever is no regular file are refused.
 */
export class AppendFile {
  readonly path: string;
  #handle: FileHandle | undefined;
  #opened: Stats | undefined;
  #stale = false;
  #torn = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    this.path = path;
  }

  /** Opens the file, to find out early whether it can be. */
  open(): Promise<void> {
    return this.#inTurn(async () => void (await this.#current()));
  }

  /** Appends one line; the line feed is added. @throws UnsafeFile, or the system's error. */
  append(line: string): Promise<void> {
    return this.#inTurn(() => this.#write(line));
  }

  /** The next line goes to whatever has the name then. */
  reopen(): void {
    this.#stale = true;
  }

  close(): Promise<void> {
    return this.#inTurn(() => this.#release());
  }

  async #write(line: string): Promise<void> {
    const handle = await this.#current();
    // A record that a full disk cut short is ended first, so that it spoils no other.
    const bytes = Buffer.from(`${this.#torn ? '\n' : ''}${line}\n`);
    let written = 0;
    try {
      while (written < bytes.length) written += (await handle.write(bytes, written)).bytesWritten;
    } finally {
      if (written > 0) this.#torn = written < bytes.length;
    }
  }

  async #current(): Promise<FileHandle> {
    if (this.#handle !== undefined && !this.#stale && (await this.#inPlace())) return this.#handle;
    await this.#release();
    const handle = await open(this.path, FLAGS, 0o640);
    try {
      const found = await handle.stat();
      refuseUnsafe(this.path, found);
      this.#opened = found;
    } catch (error) {
      await handle.close();
      throw error;
    }
    this.#handle = handle;
    this.#stale = false;
    return handle;
  }

  async #inPlace(): Promise<boolean> {
    try {
      const found = await stat(this.path);
      return found.ino === this.#opened?.ino && found.dev === this.#opened.dev;
    } catch {
      return false;
    }
  }

  async #release(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    this.#torn = false;
    await handle?.close();
  }

  /** Whatever comes at the same time waits: two openings would leave one handle behind. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

function refuseUnsafe(path: string, found: Stats): void {
  if (!found.isFile()) throw new UnsafeFile(`${path} is not a regular file`);
  if (found.nlink > 1) {
    throw new UnsafeFile(`${path} has ${found.nlink} hard links: another name for it may belong to somebody else`);
  }
}
