import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { messageOf } from '../../core/errors.ts';
import { jsonLine } from '../../core/escape.ts';
import { compileGlob } from '../../core/glob.ts';
import type { ProcessSample, Snapshot } from '../../core/types.ts';
import { formatSize, parseDuration, parseInterval } from '../../core/units.ts';
import { type ProcSource, procSource } from '../../sources/proc/source.ts';
import { type Given, readOf, textOf } from '../options.ts';
import { checkHasProcesses, checkProc, procRoot } from '../places.ts';
import { warn } from '../warn.ts';
import { Failure, UsageError, type World } from '../world.ts';

/** A longer timer would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Records until it is ended or the time is over. @returns the exit code. */
export async function record(given: Given, world: World): Promise<number> {
  const file = textOf(given, 'output') ?? given.operands[0];
  if (file === undefined) throw new UsageError('record to where? Write -o FILE, or -o - for standard output');
  const proc = procRoot(given) ?? '/proc';
  checkProc(proc);
  checkHasProcesses(proc);
  const name = textOf(given, 'name');
  const matches = name === undefined ? undefined : compileGlob(name);
  const time = readOf(given, 'for', parseDuration);
  const out = openOutput(file, world);
  const source = procSource({
    root: proc,
    interval: readOf(given, 'interval', parseInterval) ?? 5_000,
    ...(matches && { only: (process) => matches(process.name) }),
    notice: ({ message }) => warn(world, message),
  });
  const ends = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) =>
    world.onSignal(signal, () => void source.close()),
  );
  const timer = time === undefined ? undefined : setTimeout(() => void source.close(), Math.min(time, LONGEST_TIMER));
  try {
    const only = matches && (({ process }: ProcessSample) => matches(process.name));
    const { snapshots, bytes } = await writeAll(source, out, only);
    world.stderr.write(`psstop: ${snapshots} snapshots, ${formatSize(bytes)} of text\n`);
    return 0;
  } finally {
    clearTimeout(timer);
    await source.close();
    for (const end of ends) end();
  }
}

/** Both reject when writing fails. */
interface Output {
  write(text: string): Promise<void>;
  close(): Promise<void>;
}

type Only = ((sample: ProcessSample) => boolean) | undefined;

async function writeAll(source: ProcSource, out: Output, only: Only): Promise<{ snapshots: number; bytes: number }> {
  let snapshots = 0;
  let bytes = 0;
  for await (const snapshot of source) {
    const line = `${jsonLine(lean(snapshot, only))}\n`;
    await out.write(line);
    snapshots += 1;
    bytes += line.length;
  }
  await out.close();
  return { snapshots, bytes };
}

/** What is read in a snapshot need not be said twice. */
function lean(snapshot: Snapshot, only: Only): Snapshot {
  const chosen = only ? snapshot.processes.filter(only) : snapshot.processes;
  const processes = chosen.map(({ last, ...sample }) =>
    sample.exact || last === undefined ? sample : { ...sample, last },
  );
  return { ...snapshot, processes };
}

function openOutput(file: string, world: World): Output {
  const target = file === '-' ? world.stdout : createWriteStream(file);
  const packer = file.endsWith('.gz') ? createGzip() : undefined;
  packer?.pipe(target);
  const stream: Writable = packer ?? target;
  let failed: Error | undefined;
  // Standard output has its own way to fail, see main.ts.
  if (file !== '-') target.on('error', (error) => (failed = error));
  // Listened to once: each wait would leave a listener behind.
  const gone = once(target, 'close').catch(() => undefined);
  const check = (): void => {
    if (failed) throw new Failure(`can't write ${file}: ${messageOf(failed)}`);
  };
  return {
    async write(text) {
      check();
      if (!stream.write(text)) await drained(stream, gone);
      check();
    },
    async close() {
      check();
      if (file === '-' && !packer) return;
      stream.end();
      if (target !== world.stdout) await once(target, 'close');
      check();
    },
  };
}

/** Resolves when there is room again, or nobody reads any more. */
async function drained(stream: Writable, gone: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  const drain = once(stream, 'drain', { signal: over.signal }).catch(() => undefined);
  await Promise.race([drain, gone]);
  over.abort();
}
