import { readlinkSync } from 'node:fs';
import type { HostMemory } from '../../core/types.ts';
import { readText } from './files.ts';

/** Inode of the first PID namespace, that of the machine itself (PROC_PID_INIT_INO, include/linux/proc_ns.h). */
const FIRST = 'pid:[4026531836]';

/**
 * True when this proc file system shows the processes of a container only, while its meminfo tells of the whole machine. Its
 * first process tells, where it may be asked: we ourselves may look at the machine's proc out of a container, or at a container's from outside.
 */
export function showsPart(root: string): boolean {
  // Neither is there: another machine's proc, or a made-up one.
  const namespace = namespaceOf(`${root}/1`) ?? namespaceOf(`${root}/self`) ?? FIRST;
  return namespace !== FIRST;
}

function namespaceOf(folder: string): string | undefined {
  try {
    return readlinkSync(`${folder}/ns/pid`);
  } catch {
    return undefined;
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
