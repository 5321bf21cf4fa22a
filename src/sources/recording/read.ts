import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { messageOf } from '../../core/errors.ts';
import type { ProcessInfo, Snapshot, Source } from '../../core/types.ts';
import { scaled } from './scale.ts';

/** What a recording is read with. */
export interface ReadOptions {
  /** The file, or `-` for standard input. What ends in `.gz` is unpacked. */
  readonly file: string;
  /** What is wrong with a snapshot, in words; undefined: nothing. */
  check(data: unknown): string | undefined;
  /** How many seconds each recorded second stands for; 1. */
  readonly timeScale?: number;
  /** Something is odd, but not wrong. */
  notice?(message: string): void;
}

/** A recording can't be read, or a line of it is no snapshot. */
export class RecordingError extends Error {}

/**
 * Plays a recording: NDJSON, one snapshot a line by schemas/snapshot.schema.json, read line by line however long it is. A last line
 * that was cut short, as when whoever recorded it was killed, is left out.
 * @throws RecordingError with file and line.
 */
export async function* readRecording(options: ReadOptions): Source {
  const { file, timeScale = 1 } = options;
  const intern = interner();
  let first: Snapshot | undefined;
  for await (const { text, at, last } of linesOf(file)) {
    if (last && isCut(text)) {
      options.notice?.(`${file}:${at}: the last line was cut short and is left out`);
      return;
    }
    const snapshot = intern(parse(text, `${file}:${at}`, options));
    first ??= snapshot;
    yield timeScale === 1 ? snapshot : scaled(snapshot, first, timeScale);
  }
}

interface Line {
  readonly text: string;
  /** From 1. */
  readonly at: number;
  readonly last: boolean;
}

/** Lines that are not blank. */
async function* linesOf(file: string): AsyncGenerator<Line> {
  let at = 0;
  let before: Omit<Line, 'last'> | undefined;
  try {
    for await (const text of createInterface({ input: open(file), crlfDelay: Number.POSITIVE_INFINITY })) {
      at += 1;
      if (text.trim() === '') continue;
      if (before) yield { ...before, last: false };
      before = { text, at };
    }
  } catch (error) {
    if (error instanceof RecordingError) throw error;
    throw new RecordingError(`${file}: ${messageOf(error)}`);
  }
  if (before) yield { ...before, last: true };
}

function open(file: string): Readable {
  const input: Readable = file === '-' ? process.stdin : createReadStream(file);
  if (!file.endsWith('.gz')) return input;
  const unpacked = createGunzip();
  input.on('error', (error) => unpacked.destroy(error));
  return input.pipe(unpacked);
}

function isCut(text: string): boolean {
  try {
    JSON.parse(text);
    return false;
  } catch {
    return text.startsWith('{');
  }
}

function parse(text: string, place: string, { check }: ReadOptions): Snapshot {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new RecordingError(`${place}: this is not JSON (${messageOf(error)}): a recording has one snapshot a line`);
  }
  const wrong = check(data);
  if (wrong !== undefined) throw new RecordingError(`${place}: ${wrong}`);
  return data as Snapshot;
}

/** What did not change from one snapshot to the next stays the same object: which rules look at a process is found out once. */
function interner(): (snapshot: Snapshot) => Snapshot {
  let before = new Map<string, { text: string; process: ProcessInfo }>();
  return (snapshot) => {
    const now: typeof before = new Map();
    const processes = snapshot.processes.map((sample) => {
      const key = `${sample.process.pid}.${sample.process.start}`;
      const text = JSON.stringify(sample.process);
      const known = before.get(key);
      const same = known?.text === text ? known : { text, process: sample.process };
      now.set(key, same);
      return { ...sample, process: same.process };
    });
    before = now;
    return { ...snapshot, processes };
  };
}
