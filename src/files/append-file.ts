import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';

// O_NONBLOCK: opening a FIFO that nobody reads fails instead of waiting for ever.
const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** A place that must not be written to. Trying again does not help. */
export class UnsafeFile extends Error {}

/**
 * A file that whole lines are appended to, by one writer after the other. It follows logrotate: opened anew when its name
 * leads to another inode, or when told. Symbolic links, hard links and whatever is no regular file are refused. A class, as
 * it holds a descriptor.
 */
export class AppendFile {
  readonly path: string;
  readonly #header: string;
  #handle: FileHandle | undefined;
  #opened: Stats | undefined;
  #stale = false;
  #torn = false;
  #last: Promise<unknown> = Promise.resolve();

  /** @param header written at the top of an empty file. */
  constructor(path: string, header = '') {
    this.path = path;
    this.#header = header;
  }

  /** Opens the file, to find out early whether it can be. */
  open(): Promise<void> {
    return this.#inTurn(async () => void (await this.#current()));
  }

  /** Appends lines, with their line feeds. @throws UnsafeFile, or the system's error; no half line is left behind then. */
  append(lines: string): Promise<void> {
    return this.#inTurn(() => this.#write(lines));
  }

  /** The next line goes to whatever has the name then. */
  reopen(): void {
    this.#stale = true;
  }

  /** Closes the file once what waits is written. */
  close(): Promise<void> {
    return this.#inTurn(() => this.#release());
  }

  async #write(lines: string): Promise<void> {
    const handle = await this.#current();
    const { size } = await handle.stat();
    const bytes = Buffer.from(`${size === 0 ? this.#header : this.#torn ? '\n' : ''}${lines}`);
    let written = 0;
    try {
      while (written < bytes.length) written += (await handle.write(bytes, written)).bytesWritten;
      this.#torn = false;
    } catch (error) {
      if (written > 0) await this.#takeBack(handle, size, written);
      throw error;
    }
  }

  /** What a full disk cut short is taken back; where others have written behind it, it is ended before the next line instead. */
  async #takeBack(handle: FileHandle, size: number, written: number): Promise<void> {
    try {
      const now = await handle.stat();
      this.#torn = now.size !== size + written;
      if (!this.#torn) await handle.truncate(size);
    } catch {
      this.#torn = true;
    }
  }

  async #current(): Promise<FileHandle> {
    if (this.#handle !== undefined && !this.#stale && (await this.#inPlace())) return this.#handle;
    await this.#release();
    const handle = await open(this.path, FLAGS, 0o640);
    try {
      const found = await handle.stat();
      refuseUnsafe(found);
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

/** Why a file could not be opened or written, for people; undefined where the system's own words must do. */
export function explainFileError(error: unknown): string | undefined {
  if (error instanceof UnsafeFile) return error.message;
  return HINTS[(error as NodeJS.ErrnoException).code ?? ''];
}

const HINTS: Readonly<Record<string, string>> = {
  ELOOP: 'it is a symbolic link; write the path of the file itself',
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'a part of its path is not a folder',
  EISDIR: 'it is a folder; write the path of a file',
  ENXIO: 'it is not a regular file',
  EACCES: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the disk',
};

function refuseUnsafe(found: Stats): void {
  if (!found.isFile()) throw new UnsafeFile('it is not a regular file');
  if (found.nlink > 1) {
    throw new UnsafeFile(`it has ${found.nlink} hard links: another name for it may belong to somebody else`);
  }
}
