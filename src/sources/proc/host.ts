import { hostname, uptime } from 'node:os';
import type { HostMemory, Pressure } from '../../core/types.ts';
import { readText } from './files.ts';
import { monotonic } from './monotonic.ts';

/** What does not change while the machine is up. */
export interface HostIdentity {
  readonly boot: string;
  readonly host: string;
}

/** Boot id and host name; fixture trees that lack them get `unknown` and this machine's name. */
export function readIdentity(root: string): HostIdentity {
  const line = (path: string) => readText(`${root}/${path}`)?.trim();
  return {
    boot: line('sys/kernel/random/boot_id') || 'unknown',
    host: line('sys/kernel/hostname') || hostname(),
  };
}

/** Uptime in ms; it goes on in suspend, as the start times of processes do. */
function readUptime(root: string): number {
  const seconds = /^(\d{1,12}(?:\.\d+)?)[ \n]/.exec(readText(`${root}/uptime`) ?? '')?.[1];
  return seconds === undefined ? uptime() * 1e3 : Number(seconds) * 1e3;
}

/** What to add to the monotonic clock to get the uptime. Changes in suspend: ask anew for each snapshot. */
export function uptimeOffset(root: string): number {
  return readUptime(root) - monotonic();
}

/** Memory of the host; 0 for what meminfo does not tell. */
export function readHostMemory(root: string): HostMemory {
  const found = parseMeminfo(readText(`${root}/meminfo`) ?? '');
  const figure = (name: string) => found.get(name) ?? 0;
  const pressure = parsePressure(readText(`${root}/pressure/memory`) ?? '');
  return {
    total: figure('MemTotal'),
    // Kernels before 3.14 make no estimate.
    available: found.get('MemAvailable') ?? figure('MemFree') + figure('Buffers') + figure('Cached'),
    anon: figure('AnonPages'),
    mapped: figure('Mapped'),
    swapTotal: figure('SwapTotal'),
    swapFree: figure('SwapFree'),
    ...(pressure && { pressure }),
  };
}

/** Figures of meminfo (proc_meminfo(5)) in bytes. */
export function parseMeminfo(text: string): Map<string, number> {
  const figures = new Map<string, number>();
  for (const [, name = '', value] of text.matchAll(/^([A-Za-z_()0-9]+):\s+(\d{1,13}) kB$/gm)) {
    figures.set(name, Number(value) * 1024);
  }
  return figures;
}

/** Averages of a PSI file (Documentation/accounting/psi.rst); undefined where the kernel has none. */
export function parsePressure(text: string): Pressure | undefined {
  const some = averages(text, 'some');
  const full = averages(text, 'full');
  if (some === undefined || full === undefined) return undefined;
  return { some10: some[0], some60: some[1], full10: full[0], full60: full[1] };
}

function averages(text: string, kind: 'some' | 'full'): [number, number] | undefined {
  const match = new RegExp(`^${kind} avg10=(\\d{1,3}\\.\\d+) avg60=(\\d{1,3}\\.\\d+) `, 'm').exec(text);
  return match ? [Number(match[1]), Number(match[2])] : undefined;
}

/**
 * True when nothing was ever swapped out since the machine came up: then every SwapPss is 0. Counted for the whole machine, which
 * the meminfo of a container may not be (lxcfs).
 */
export function neverSwapped(root: string): boolean {
  const counters = readText(`${root}/vmstat`) ?? '';
  return /^pswpout 0$/m.test(counters) && !/^zswpout [1-9]/m.test(counters);
}

/** VmSwap of a process, bytes: SwapPss is at most that. Unbounded where it can't be told. */
export function readSwap(root: string, pid: number): number {
  const kB = /^VmSwap:\s+(\d{1,12}) kB$/m.exec(readText(`${root}/${pid}/status`) ?? '')?.[1];
  return kB === undefined ? Number.POSITIVE_INFINITY : Number(kB) * 1024;
}

/** What a counter of the kernel that is kept per CPU may be off, pages for each CPU (vm_stat_threshold: up to 125 for each memory node). */
const DRIFT_OF_CPU = 256;
/** What may change while the processes are looked at. */
const DRIFT = 0.001;

/** Bounds on what all processes hold together, from the counters before and after they were looked at. */
export function heldBy(before: HostMemory, after: HostMemory, { cpus, page }: { cpus: number; page: number }): Held {
  const bounds = (figure: 'anon' | 'mapped') => {
    const drift = cpus * page * DRIFT_OF_CPU + DRIFT * after[figure];
    return {
      low: Math.max(0, Math.floor(Math.min(before[figure], after[figure]) - drift)),
      high: Math.ceil(Math.max(before[figure], after[figure]) + drift),
    };
  };
  return { anon: bounds('anon'), mapped: bounds('mapped') };
}

/** The same, where not everything that is held belongs to somebody who can be seen. */
export function withoutLow({ anon, mapped }: Held): Held {
  return { anon: { ...anon, low: 0 }, mapped: { ...mapped, low: 0 } };
}

type Held = NonNullable<HostMemory['held']>;
