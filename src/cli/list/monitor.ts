import { messageOf } from '../../core/errors.ts';
import type { Sink, Snapshot } from '../../core/types.ts';
import { lastingOutput } from '../../sinks/text/standard-output.ts';
import type { ProcSource } from '../../sources/proc/source.ts';
import { tuneForLongRun } from '../tune.ts';
import { warn } from '../warn.ts';
import { Failure, UsageError, type World } from '../world.ts';
import { openSource } from './careful.ts';
import { describeMissing } from './coverage.ts';
import type { ListRequest } from './request.ts';
import { nothingFound, type Page, show } from './show.ts';

/** Prints a list at each interval until it is ended, and sends it where a server is named. It goes on when a file can't be written or the server is away. */
export async function monitor(request: ListRequest, world: World): Promise<number> {
  const source = openSource(request, world);
  tuneForLongRun();
  try {
    return await follow(source, request, world);
  } finally {
    await source.close();
  }
}

async function follow(source: ProcSource, request: ListRequest, world: World): Promise<number> {
  const say = sayChanges(world);
  const out = pageOf(request, world);
  const sender = await connect(request, world);
  const ends = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) =>
    world.onSignal(signal, () => void source.close()),
  );
  const warn = warnOnce(request, world);
  for await (const snapshot of source) {
    warn(snapshot);
    say(trouble(() => (show(snapshot, request, out) ? undefined : nothingFound(request))));
    sender?.snapshot?.(selected(snapshot, request.only));
  }
  await sender?.close?.();
  for (const end of ends) end();
  return 0;
}

function pageOf({ json }: ListRequest, { stdout }: World): Page {
  const out = lastingOutput(stdout, { format: json ? 'ndjson' : 'text', priority: false });
  return {
    write: (text) => out.write(text),
    get columns() {
      return stdout.columns;
    },
  };
}

function warnOnce(request: ListRequest, { stderr }: World): (snapshot: Snapshot) => void {
  let warned = false;
  return (snapshot) => {
    const missing = warned ? undefined : describeMissing(snapshot, request);
    if (missing === undefined) return;
    warned = true;
    stderr.write(`psstop: ${missing}\n`);
  };
}

/** What is the same as the last time is not said again. */
function sayChanges({ stderr }: World): (message: string | undefined) => void {
  let last: string | undefined;
  return (message) => {
    if (message !== undefined && message !== last) stderr.write(`${message}\n`);
    last = message;
  };
}

function trouble(run: () => string | undefined): string | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof Failure) return `psstop: ${error.message}`;
    throw error;
  }
}

async function connect({ server, json }: ListRequest, world: World): Promise<Sink | undefined> {
  if (server === undefined) return undefined;
  const { default: tcp } = await import('../../sinks/tcp.ts');
  try {
    return await tcp.create({ to: server, format: json ? 'ndjson' : 'tsv' } as never, {
      host: '',
      version: world.version,
      live: true,
      notice: ({ message }) => warn(world, message),
    });
  } catch (error) {
    throw new UsageError(`--server: ${messageOf(error)}`);
  }
}

function selected(snapshot: Snapshot, only: ListRequest['only']): Snapshot {
  return only ? { ...snapshot, processes: snapshot.processes.filter(({ process }) => only(process)) } : snapshot;
}
