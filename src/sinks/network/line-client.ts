import { connect, type Socket } from 'node:net';
import { formatSize } from '../../core/units.ts';

/** Where to send lines, and whom to tell when that fails. */
export interface LineClientOptions {
  readonly host: string;
  readonly port: number;
  /** Bytes that may wait for the server; beyond them the oldest are dropped. */
  readonly buffer: number;
  /** First and longest wait between two attempts to connect, ms. */
  readonly retry?: { readonly first: number; readonly longest: number };
  readonly trouble: (message: string, severity: 'warning' | 'info') => void;
}

interface Frame {
  readonly data: Buffer;
}

const KERNEL_SHARE = 64 * 1024;
const CONNECT_TIMEOUT = 10_000;
const STEADY = 5_000;
const LAST_WORDS = 900;

/**
 * Sends frames of lines over TCP, in order, for as long as it takes: connects again with growing, jittered waits, keeps a
 * bounded buffer and counts what it had to drop. A frame that a connection lost half-way is sent again whole on the next
 * one, so a receiver may see the beginning of a line at the end of a connection. What the server says is not read.
 */
export class LineClient {
  readonly #options: LineClientOptions;
  readonly #waiting: Frame[] = [];
  /** Handed to the socket, but not yet taken by the kernel. */
  #handed: Frame[] = [];
  #bytes = 0;
  #dropped = 0;
  #attempt = 0;
  #away = false;
  #closed = false;
  #socket: Socket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #idle: (() => void) | undefined;

  constructor(options: LineClientOptions) {
    this.#options = options;
  }

  /** Sends whole lines soon. Never throws, never waits. The first one opens the connection. */
  send(lines: string): void {
    if (this.#closed) return;
    const frame = { data: Buffer.from(lines) };
    this.#waiting.push(frame);
    this.#bytes += frame.data.length;
    this.#dropOldest();
    if (this.#socket === undefined && this.#timer === undefined) this.#connect();
    else this.#pump();
  }

  /** Gives what waits a little less than a second, then closes the connection. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    if (this.#bytes > 0 && this.#socket) await this.#drained();
    this.#socket?.destroy();
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, LAST_WORDS);
      this.#idle = (): void => {
        clearTimeout(timer);
        // Everything is with the kernel: say goodbye properly, so that it is delivered.
        if (this.#socket?.writable) this.#socket.end(resolve);
        else resolve();
      };
    });
  }

  #dropOldest(): void {
    while (this.#bytes > this.#options.buffer && this.#waiting.length > 1) {
      this.#bytes -= this.#waiting.shift()?.data.length ?? 0;
      this.#dropped += 1;
      if (this.#dropped === 1) this.#tell('does not keep up: the oldest data are dropped', 'warning');
    }
  }

  #connect(): void {
    this.#timer = undefined;
    const { host, port } = this.#options;
    const socket = connect({ host, port, noDelay: true, keepAlive: true });
    this.#socket = socket;
    let why = 'closed the connection';
    let steady: NodeJS.Timeout | undefined;
    socket.setTimeout(CONNECT_TIMEOUT, () => socket.destroy(new Error('no answer')));
    socket.on('connect', () => {
      socket.setTimeout(0);
      steady = setTimeout(() => this.#steady(), STEADY).unref();
      this.#back();
      this.#pump();
    });
    socket.on('drain', () => this.#pump());
    socket.on('error', (error: NodeJS.ErrnoException) => {
      why = error.code ?? error.message;
    });
    socket.on('close', () => {
      clearTimeout(steady);
      this.#lost(why);
    });
    socket.resume();
  }

  #pump(): void {
    const socket = this.#socket;
    while (socket && !socket.connecting && socket.writable && socket.writableLength < KERNEL_SHARE) {
      const frame = this.#waiting.shift();
      if (frame === undefined) return;
      this.#handed.push(frame);
      socket.write(frame.data, (error) => {
        if (!error) this.#taken(frame);
      });
    }
  }

  #taken(frame: Frame): void {
    this.#handed = this.#handed.filter((other) => other !== frame);
    this.#bytes -= frame.data.length;
    if (this.#waiting.length > 0) return;
    if (this.#dropped > 0) this.#tell(`keeps up again; ${this.#dropped} pieces were dropped`, 'info');
    this.#dropped = 0;
    if (this.#handed.length === 0) this.#idle?.();
  }

  #back(): void {
    if (this.#away) this.#tell('is back', 'info');
    this.#away = false;
  }

  #steady(): void {
    this.#attempt = 0;
  }

  #lost(why: string): void {
    this.#socket = undefined;
    this.#waiting.unshift(...this.#handed);
    this.#handed = [];
    if (this.#closed) {
      this.#idle?.();
      return;
    }
    if (!this.#away)
      this.#tell(`is away (${why}): what comes is kept, up to ${formatSize(this.#options.buffer)}`, 'warning');
    this.#away = true;
    const { first, longest } = this.#options.retry ?? { first: 500, longest: 30_000 };
    const wait = Math.min(longest, first * 2 ** Math.min(this.#attempt, 20));
    this.#attempt += 1;
    // Jitter, so that a fleet does not come back all at once.
    this.#timer = setTimeout(() => this.#connect(), wait * (0.5 + Math.random() / 2)).unref();
  }

  #tell(message: string, severity: 'warning' | 'info'): void {
    const { host, port, trouble } = this.#options;
    trouble(`${host.includes(':') ? `[${host}]` : host}:${port} ${message}`, severity);
  }
}
