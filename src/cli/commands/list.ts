import { writeFileSync } from 'node:fs';
import { jsonLine } from '../../core/escape.ts';
import { compileGlob } from '../../core/glob.ts';
import { type ListBy, type ListOptions, type ListSort, list } from '../../core/list.ts';
import { listCsv, listJson } from '../../core/list-data.ts';
import { formatList, nothingListed } from '../../core/list-text.ts';
import type { ProcessInfo, Sink, Snapshot } from '../../core/types.ts';
import { parseDuration } from '../../core/units.ts';
import { type ProcSource, procSource } from '../../sources/proc/source.ts';
import type { Command } from '../command.ts';
import { type Given, readOf, textOf } from '../options.ts';
import { UsageError, type World } from '../world.ts';

export const command: Command = {
  name: 'list',
  summary: 'list every process by PSS with totals, as psstop and smartpsstop did',
  options: [
    { name: 'name', short: 'p', value: 'NAME', summary: 'only processes of this name; a glob may be used: "*part*"' },
    { name: 'cmdline', short: 'c', summary: 'take the names from the command lines' },
    { name: 'file', short: 'f', value: 'FILE', summary: 'also write name, pid and PSS in kB to a CSV file' },
    { name: 'monitor', short: 'm', summary: 'print a list at each interval, until it is ended' },
    { name: 'server', short: 's', value: 'HOST:PORT', summary: 'with --monitor: also send each list over TCP' },
    { name: 'interval', short: 'i', value: 'TIME', summary: 'with --monitor: from one list to the next (default 5s)' },
    {
      name: 'by',
      value: 'WHAT',
      choices: ['process', 'name', 'unit', 'container', 'user'],
      summary: 'one row for each process (default), name, unit, container or user',
    },
    {
      name: 'sort',
      value: 'KEY',
      choices: ['pss', 'swap', 'rss', 'count', 'name', 'pid'],
      summary: 'sort by pss (default), swap, rss, count, name or pid',
    },
    { name: 'top', value: 'N', summary: 'only the first N rows; the totals count all' },
    { name: 'json', summary: 'write JSON; with --monitor one object a line' },
    { name: 'proc', value: 'DIR', env: true, summary: 'read another proc file system (default /proc)' },
  ],
  about: [
    'PSS is what a process holds: its private memory, plus each shared page divided by the number of its sharers, so\nthat it can be added up. kB are 1024 bytes. What was not read is shown as "≤" what it can be at most.',
  ],
  examples: [
    ['psstop', 'all processes'],
    ['psstop -p nginx', 'nginx alone; exits with 1 when there is none'],
    ['psstop --by unit --top 10', 'the ten biggest services'],
    ['psstop -m -p systemd', 'systemd, again and again'],
  ],
  run,
};

async function run(given: Given, world: World): Promise<number> {
  const options = listOptions(given);
  const source = procSource({
    root: textOf(given, 'proc') ?? '/proc',
    interval: readOf(given, 'interval', parseDuration) ?? 5_000,
    details: details(given),
    notice: ({ message }) => world.stderr.write(`psstop: ${message}\n`),
  });
  try {
    if (given.values.monitor !== true) return show(await source.snapshot(), { given, options, world });
    return await monitor(source, { given, options, world });
  } finally {
    await source.close();
  }
}

interface Call {
  readonly given: Given;
  readonly options: Omit<ListOptions, 'only'> & { readonly only?: (process: ProcessInfo) => boolean };
  readonly world: World;
}

async function monitor(source: ProcSource, call: Call): Promise<number> {
  const { world } = call;
  const sender = await connect(call);
  const ends = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => world.onSignal(signal, () => source.close()));
  for await (const snapshot of source) {
    show(snapshot, call);
    sender?.snapshot?.(selected(snapshot, call.options.only));
  }
  await sender?.close?.();
  for (const end of ends) end();
  return 0;
}

/** @returns the exit code: 1 when a name was asked for that no process has. */
function show(snapshot: Snapshot, { given, options, world }: Call): number {
  const { only, ...rest } = options;
  const listOf: ListOptions = { ...rest, ...(only && { only: ({ process }) => only(process) }) };
  const listing = list(snapshot, listOf);
  const file = textOf(given, 'file');
  if (file !== undefined) writeFileSync(file, listCsv(listing));
  if (given.values.json === true) world.stdout.write(`${jsonLine(listJson(snapshot, listOf))}\n`);
  else if (listing.rows.length > 0) world.stdout.write(formatList(listing, world.stdout.columns));
  const found = listing.rows.length > 0;
  if (!found) world.stderr.write(`${nothingListed(textOf(given, 'name') ?? '*')}\n`);
  return found ? 0 : 1;
}

async function connect({ given, world }: Call): Promise<Sink | undefined> {
  const to = textOf(given, 'server');
  if (to === undefined) return undefined;
  const { default: tcp } = await import('../../sinks/tcp.ts');
  try {
    return await tcp.create({ to, format: given.values.json === true ? 'ndjson' : 'tsv' } as never, {
      host: '',
      version: world.version,
      live: true,
      notice: ({ message }) => world.stderr.write(`psstop: ${message}\n`),
    });
  } catch (error) {
    throw new UsageError(`--server: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function selected(snapshot: Snapshot, only: Call['options']['only']): Snapshot {
  return only ? { ...snapshot, processes: snapshot.processes.filter(({ process }) => only(process)) } : snapshot;
}

function listOptions(given: Given): Call['options'] {
  if (given.values.server !== undefined && given.values.monitor !== true) {
    throw new UsageError('--server sends what the monitor sees: write -m too');
  }
  const name = textOf(given, 'name');
  const top = readOf(given, 'top', readCount);
  return {
    by: (textOf(given, 'by') ?? 'process') as ListBy,
    sort: (textOf(given, 'sort') ?? 'pss') as ListSort,
    cmdline: given.values.cmdline === true,
    ...(top !== undefined && { top }),
    ...(name !== undefined && { only: named(name) }),
  };
}

function named(name: string): (process: ProcessInfo) => boolean {
  const matches = compileGlob(name);
  return (process) => matches(process.name);
}

function readCount(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`"${text}" is not a number of rows: write 10`);
  return Number(text);
}

/** Only what the list shows is looked up: the plain list must cost little more than its readings. */
function details(given: Given): Record<'cmdline' | 'cgroup' | 'exe' | 'user' | 'ceiling', boolean> {
  const json = given.values.json === true;
  const by = textOf(given, 'by');
  return {
    cmdline: given.values.cmdline === true || json,
    cgroup: by === 'unit' || by === 'container' || json,
    exe: json,
    user: by === 'user' || json || given.values.server !== undefined,
    ceiling: json,
  };
}
