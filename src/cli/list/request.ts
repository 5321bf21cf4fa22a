import { compileGlob } from '../../core/glob.ts';
import { type ListBy, type ListOptions, type ListSort, shownName } from '../../core/list.ts';
import type { ProcessInfo } from '../../core/types.ts';
import { parseInterval } from '../../core/units.ts';
import { type Given, readOf, textOf } from '../options.ts';
import { procRoot } from '../places.ts';
import { UsageError } from '../world.ts';

/** What a call of the list asks for. */
export interface ListRequest {
  /** Root of the proc file system. */
  readonly proc: string;
  readonly shown: Omit<ListOptions, 'only'>;
  /** The name asked for, and which processes have it; absent: all. */
  readonly name?: string;
  readonly only?: (process: ProcessInfo) => boolean;
  readonly json: boolean;
  /** CSV file; `-` is standard output. */
  readonly file?: string;
  readonly monitor: boolean;
  /** From one list to the next, ms. */
  readonly interval: number;
  /** HOST:PORT */
  readonly server?: string;
}

/** Reads the options of the list. @throws UsageError where they make no sense. */
export function readRequest(given: Given): ListRequest {
  checkSense(given);
  const { monitor, json, cmdline } = given.values;
  const [name, file, server] = [textOf(given, 'name'), textOf(given, 'file'), textOf(given, 'server')];
  const top = readOf(given, 'top', readCount);
  return {
    proc: procRoot(given) ?? '/proc',
    shown: {
      by: (textOf(given, 'by') ?? 'process') as ListBy,
      sort: (textOf(given, 'sort') ?? 'pss') as ListSort,
      cmdline: cmdline === true,
      ...(top !== undefined && { top }),
    },
    ...(name !== undefined && { name, only: named(name, cmdline === true) }),
    json: json === true,
    ...(file !== undefined && { file }),
    monitor: monitor === true,
    interval: readOf(given, 'interval', parseInterval) ?? 5_000,
    ...(server !== undefined && { server }),
  };
}

function checkSense(given: Given): void {
  const { monitor, server, interval, sort, file, json, by = 'process' } = given.values;
  if (file === '-' && json === true)
    throw new UsageError('--file - and --json both write to standard output: leave one out, or name a file');
  if (server !== undefined && !monitor) throw new UsageError('--server sends what the monitor sees: write -m too');
  if (interval !== undefined && !monitor)
    throw new UsageError('--interval is from one list of the monitor to the next: write -m too');
  if (sort === 'count' && by === 'process')
    throw new UsageError('--sort: count is that of a group: write --by name, unit, container or user too');
}

/** Only what the list shows is looked up: the plain list must cost little more than its readings. */
export function detailsFor({ shown, json, server }: ListRequest): Record<Detail, boolean> {
  return {
    cmdline: shown.cmdline === true || json,
    cgroup: shown.by === 'unit' || shown.by === 'container' || json,
    exe: json,
    user: shown.by === 'user' || json || server !== undefined,
    ceiling: json,
    load: false,
  };
}

/** Does it show names, PSS and swap of all processes, and nothing else? */
export function isPlain({ shown, only, json }: ListRequest): boolean {
  const { by, sort, cmdline } = shown;
  const wantsMore = json || cmdline || only !== undefined;
  return !wantsMore && (by === 'process' || by === 'name') && sort !== 'rss';
}

type Detail = 'cmdline' | 'cgroup' | 'exe' | 'user' | 'ceiling' | 'load';

/** The name asked for is the name that is shown. */
function named(name: string, cmdline: boolean): (process: ProcessInfo) => boolean {
  const matches = compileGlob(name);
  return (process) => matches(shownName(process, cmdline));
}

function readCount(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`"${text}" is not a number of rows: write 10`);
  return Number(text);
}
