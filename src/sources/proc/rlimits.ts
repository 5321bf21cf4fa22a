import type { ResourceLimit } from '../../core/types.ts';
import { readText } from './files.ts';

/** The soft limits of a process that bound its memory, bytes; infinite where it has none. */
export interface Rlimits {
  /** RLIMIT_AS: of its address space. */
  readonly space: number;
  /** RLIMIT_DATA: of its private writable memory, mapped or not yet touched. */
  readonly data: number;
}

/** Reads the limits of a process (proc_pid_limits(5)); undefined where it has neither, or they can't be read. */
export function readRlimits(root: string, pid: number): Rlimits | undefined {
  const text = readText(`${root}/${pid}/limits`) ?? '';
  const limits = { space: softLimit(text, SPACE), data: softLimit(text, DATA) };
  return Number.isFinite(limits.space) || Number.isFinite(limits.data) ? limits : undefined;
}

/** How much of its limits a process has used. @param space the size of its address space, bytes, as statm has it. */
export function againstLimits(
  limits: Rlimits,
  { root, pid, space, page }: { root: string; pid: number; space: number; page: number },
): readonly ResourceLimit[] {
  const found: ResourceLimit[] = [];
  if (Number.isFinite(limits.space)) found.push({ name: 'RLIMIT_AS', limit: limits.space, used: space });
  if (!Number.isFinite(limits.data)) return found;
  // The sixth figure of statm; with the stack, which this limit does not count, and which is small.
  const pages = readText(`${root}/${pid}/statm`)?.split(' ')[5];
  if (pages !== undefined) found.push({ name: 'RLIMIT_DATA', limit: limits.data, used: Number(pages) * page });
  return found;
}

const SPACE = /^Max address space +(\d+|unlimited) /m;
const DATA = /^Max data size +(\d+|unlimited) /m;

function softLimit(text: string, line: RegExp): number {
  const soft = line.exec(text)?.[1];
  return soft === undefined || soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
}
