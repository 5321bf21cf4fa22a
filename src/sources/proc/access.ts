import { realpathSync } from 'node:fs';
import { atMost } from '../../core/bounds.ts';
import { coverage } from '../../core/coverage.ts';
import type { Snapshot } from '../../core/types.ts';
import { formatSize } from '../../core/units.ts';
import { readText } from './files.ts';

const CAP_SYS_PTRACE = 19n;
const CAP_PERFMON = 38n;
/** A smaller gap than this share of all process memory is not worth a warning. */
const NEGLIGIBLE = 0.01;
/** So few may be protected for reasons of their own: nothing is to be concluded from them. */
const FEW = 2;

/** What this process may read of others. */
export interface Access {
  /** CAP_SYS_PTRACE: all processes, also under hidepid. */
  readonly ptrace: boolean;
  /** CAP_PERFMON: on new kernels all processes that hidepid does not hide. */
  readonly perfmon: boolean;
  /** hidepid of the proc mount: processes of others aren't even listed, or every file of theirs is denied. */
  readonly hidepid: string | undefined;
}

/** Looks at our own effective capabilities and at how the proc file system is mounted. */
export function readAccess(root: string): Access {
  const effective = capabilities(root);
  return {
    ptrace: isIn(effective, CAP_SYS_PTRACE),
    perfmon: isIn(effective, CAP_PERFMON),
    hidepid: hidepidOf(root),
  };
}

function capabilities(root: string): bigint {
  const caps = /^CapEff:\s*([0-9a-f]{1,16})$/m.exec(readText(`${root}/self/status`) ?? '')?.[1];
  return BigInt(`0x${caps ?? '0'}`);
}

function isIn(effective: bigint, capability: bigint): boolean {
  return ((effective >> capability) & 1n) === 1n;
}

function hidepidOf(root: string): string | undefined {
  const mounts = readText(`${root}/self/mounts`);
  return mounts === undefined ? undefined : parseHidepid(mounts, realpathSync(root));
}

/**
 * The hidepid option of the proc file system mounted at `point` (proc(5)): a number, or a word on kernels from 5.8. Of several that
 * are mounted there the last one is seen.
 */
export function parseHidepid(mounts: string, point: string): string | undefined {
  const lines = mounts.split('\n').map((line) => line.split(' '));
  const [, , , options = ''] = lines.findLast(([, at, type]) => at === point && type === 'proc') ?? [];
  const value = /(?:^|,)hidepid=([^,]+)/.exec(options)?.[1];
  return value === '0' || value === 'off' ? undefined : value;
}

/** How much of the processes' memory was not read, and because of whom. Sizes in bytes. */
export interface Gap {
  readonly processes: number;
  /** How many of them may not be read, and what these have at most. */
  readonly denied: number;
  readonly deniedAtMost: number;
  /** PSS of those that were read. */
  readonly exact: number;
  /** What all hold together; 0 where the host does not tell. */
  readonly total: number;
  /** The share of it that is covered, 0 to 1. */
  readonly ratio: number;
}

/** What a snapshot lacks. */
export function gapOf(snapshot: Snapshot): Gap {
  const { processes } = snapshot;
  const { exact, total, ratio, unread } = coverage(snapshot);
  const deniedAtMost = processes.reduce((sum, one) => (one.unread === 'denied' ? sum + atMost(one, 'pss') : sum), 0);
  return { processes: processes.length, denied: unread.denied, deniedAtMost, exact, total, ratio };
}

/** What is not covered for want of permission and what to do; undefined when nothing is missing, or next to nothing. */
export function describeGap(gap: Gap, access: Access): string | undefined {
  const what = describeUnseen(gap, access);
  const missing = what && describeMissing(gap, isHidden(access));
  if (missing === undefined) return undefined;
  const told = `${what}: ${missing} is not covered`;
  return access.ptrace && gap.denied <= FEW ? told : `${told}. ${describeRemedy(access)}`;
}

/** Whose memory is not seen for want of permission; undefined when that is nobody's. */
export function describeUnseen(
  { processes, denied }: Pick<Gap, 'processes' | 'denied'>,
  access: Access,
): string | undefined {
  const parts: string[] = [];
  if (denied > 0) parts.push(`${denied} of ${processes} processes may not be read`);
  if (isHidden(access))
    parts.push(`processes of other users are hidden (proc is mounted with hidepid=${access.hidepid})`);
  return parts.length > 0 ? parts.join(' and ') : undefined;
}

function isHidden({ hidepid, ptrace }: Access): boolean {
  return hidepid !== undefined && !ptrace;
}

/** How much memory is missing; undefined when that is next to nothing. */
function describeMissing({ exact, total, ratio, deniedAtMost }: Gap, hidden: boolean): string | undefined {
  // What was not read for other reasons will be: only what is denied, or hidden, is missing.
  const most = hidden ? Number.POSITIVE_INFINITY : deniedAtMost;
  // In a container nobody says what all its processes hold.
  if (total === 0 && hidden) return 'so much memory as nobody can see from here';
  if (total === 0) return most <= NEGLIGIBLE * (exact + most) ? undefined : `at most ${formatSize(most)} of memory`;
  const missing = Math.min((1 - ratio) * total, most);
  if (missing <= NEGLIGIBLE * total) return undefined;
  const share = `${Math.round((missing / total) * 100)} %`;
  return `${missing === most ? 'at most ' : ''}${formatSize(missing)} of process memory (${share})`;
}

/** What to do so that all processes may be read. */
export function describeRemedy({ ptrace, perfmon, hidepid }: Access): string {
  if (ptrace) return 'CAP_SYS_PTRACE is there, so a security module or a user namespace may be in the way';
  const grant =
    'run as root, or grant it (systemd: AmbientCapabilities=CAP_SYS_PTRACE; container: --cap-add SYS_PTRACE)';
  if (perfmon && hidepid === undefined)
    return `CAP_PERFMON is not enough on this kernel: CAP_SYS_PTRACE is missing, ${grant}`;
  return `CAP_SYS_PTRACE is missing: ${grant}`;
}
