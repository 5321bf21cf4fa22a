import { readlinkSync } from 'node:fs';
import type { HostMemory } from '../../core/types.ts';
import { readText } from './files.ts';

/** Inode of the first PID namespace, that of the machine itself (PROC_PID_INIT_INO, include/linux/proc_ns.h). */
const FIRST = 'pid:[4026531836]';

/** True when this proc file system shows the processes of a container only, while its meminfo tells of the whole machine. */
export function showsPart(root: string): boolean {
  try {
    return readlinkSync(`${root}/self/ns/pid`) !== FIRST;
  } catch {
    // Another machine's proc, or a made-up one.
    return false;
  }
}

/**
 * The memory of the container: what cgroup v2 counts and allows at its top. What is not told there is 0, which stands for
 * not known: compared with the machine's totals the few processes seen here would always be a small part.
 */
export function containerMemory(host: HostMemory, cgroupRoot: string): HostMemory {
  const stat = figures(readText(`${cgroupRoot}/memory.stat`) ?? '');
  const most = Number(readText(`${cgroupRoot}/memory.max`)?.trim());
  const used = Number(readText(`${cgroupRoot}/memory.current`)?.trim());
  const limited = most > 0 && most < host.total && Number.isFinite(used);
  const room = most - used + (stat.get('inactive_file') ?? 0);
  return {
    ...host,
    ...(limited && { total: most, available: Math.max(0, Math.min(host.available, room)) }),
    anon: stat.get('anon') ?? 0,
    mapped: stat.get('file_mapped') ?? 0,
  };
}

/** Lines of memory.stat: a name, a blank, a number of bytes. */
function figures(text: string): Map<string, number> {
  return new Map(Array.from(text.matchAll(/^(\w+) (\d{1,16})$/gm), ([, name = '', value]) => [name, Number(value)]));
}
