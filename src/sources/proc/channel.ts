import { type ChildProcess, spawn } from 'node:child_process';
import { CMDLINE_MAX, FIELD, FIELDS, padded, RECORD, REQUEST } from './layout.ts';

/**
 * Keeps the reader small: no threads of V8's, and a nursery that does not grow. Bounds such as --max-semi-space-size would do the
 * same, but with them Node can't use the code that it holds compiled for its own modules: 12 ms of CPU more at each start.
 */
const FLAGS = ['--v8-pool-size=0', '--semi-space-growth-factor=1'];
const STDERR_KEPT = 500;

/** One process to be read. `rss` in bytes tells how long that may take. */
export interface ReadRequest {
  readonly pid: number;
  readonly flags: number;
}

/** What happens on a channel. */
export interface ChannelEvents {
  /** One answer, as layout.ts describes it; not the first word of a new child. Both arguments are reused: they are valid until the call returns. */
  record(fields: Float64Array, text: Uint8Array): void;
  /** Something arrived; said once before the records of a chunk. */
  progress(): void;
  /** The child is gone, by itself or killed; said once, after everything it sent. */
  end(reason: string): void;
}

/** One reader child and its pipes. */
export interface Channel {
  readonly pid: number | undefined;
  /** True from its first word on. */
  readonly up: boolean;
  /** CPU time it has told of, ms. */
  readonly cpu: number;
  send(requests: readonly ReadRequest[], careful: boolean): void;
  /** Ends the child at once; it may be hanging in a system call. No event follows. */
  kill(): void;
  /** Resolves when the child is gone. */
  readonly gone: Promise<void>;
}

/** glibc keeps freed memory for threads and for later (mallopt(3)): a small program has no use for it. */
const THRIFTY = { MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '65536' };

/**
 * Starts a reader child. It gets no environment of ours, and a session of its own, so that an interrupt typed at the terminal does not hit it.
 * @throws what spawn throws when memory is short (ENOMEM); other failures arrive as `end`.
 */
export function openChannel(script: string, root: string, events: ChannelEvents): Channel {
  const child = spawn(process.execPath, [...FLAGS, script], { detached: true, env: THRIFTY, stdio: 'pipe' });
  let live = true;
  let up = false;
  let cpu = 0;
  let complaint = '';
  const end = (reason: string) => {
    if (!live) return;
    live = false;
    events.end(complaint === '' ? reason : `${reason}: ${complaint}`);
  };
  child.on('error', (error) => end(error.message));
  child.on('close', (code, signal) => end(signal ? `killed by ${signal}` : `exit code ${code}`));
  for (const stream of child.stdio) stream?.on('error', () => {});
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(0, STDERR_KEPT).trim();
  });
  const parse = recordParser((fields, text) => {
    cpu = fields[FIELD.cpu] || cpu;
    if (live && fields[FIELD.pid] !== 0) events.record(fields, text);
  });
  child.stdout.on('data', (chunk: Buffer) => {
    if (!live) return;
    up = true;
    events.progress();
    parse(chunk);
  });
  child.stdin.write(encodeRoot(root));
  return {
    pid: child.pid,
    get up() {
      return up;
    },
    get cpu() {
      return cpu;
    },
    send: (requests, careful) => void child.stdin.write(encodeBatch(requests, careful)),
    kill: () => {
      live = false;
      release(child);
    },
    gone: new Promise((resolve) => child.once('exit', () => resolve())),
  };
}

function release(child: ChildProcess): void {
  child.kill('SIGKILL');
  // A child that can't be killed now (an uninterruptible wait) must not keep the daemon from ending.
  child.unref();
  for (const stream of child.stdio) stream?.destroy();
}

function encodeRoot(root: string): Buffer {
  const path = Buffer.from(root);
  return Buffer.concat([new Uint8Array(Uint32Array.of(path.length).buffer), path]);
}

function encodeBatch(requests: readonly ReadRequest[], careful: boolean): Uint8Array {
  const words = new Uint32Array(((requests.length + 1) * REQUEST) / 4);
  words[0] = requests.length;
  words[1] = careful ? 1 : 0;
  let at = 2;
  for (const { pid, flags } of requests) {
    words[at++] = pid;
    words[at++] = flags;
  }
  return new Uint8Array(words.buffer);
}

/** Cuts chunks into records. Hot path: one buffer is reused, and a record is copied to be aligned for a Float64Array. */
function recordParser(take: ChannelEvents['record']): (chunk: Buffer) => void {
  const fields = new Float64Array(FIELDS);
  const bytes = new Uint8Array(fields.buffer);
  let rest = Buffer.alloc(0);
  return (chunk) => {
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    while (at + RECORD <= data.length) {
      data.copy(bytes, 0, at, at + RECORD);
      const length = Math.min(fields[FIELD.text] ?? 0, CMDLINE_MAX);
      const next = at + RECORD + padded(length);
      if (next > data.length) break;
      take(fields, data.subarray(at + RECORD, at + RECORD + length));
      at = next;
    }
    rest = at === data.length ? Buffer.alloc(0) : Buffer.from(data.subarray(at));
  };
}
