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

/** True where processes of others aren't even listed for us: nobody can be missed by looking at who is. */
export function hidesOthers(root: string): boolean {
  return !isIn(capabilities(root), CAP_SYS_PTRACE) && hidepidOf(root) !== undefined;
}

function capabilities(root: string): bigint {
  const caps = /^CapEff:\s*([0-9a-f]{1,16})$/m.exec(readText(`${root}/self/status`) ?? '')?.[1];
  return BigInt(`0x${caps ?? '0'}`);
}

function isIn(effective: bigint, capability: bigint): boolean {
  return ((effective >> capability) & 1n) === 1n;
}

function hidepidOf(root: string): string | undefined {
  return parseHidepid(readText(`${root}/self/mounts`) ?? '', root);
}

/** The hidepid option of the proc file system mounted at `root` (proc(5)): a number, or a word on kernels from 5.8. */
export function parseHidepid(mounts: string, root: string): string | undefined {
  for (const line of mounts.split('\n')) {
    const [, point, type, options = ''] = line.split(' ');
    if (point !== root || type !== 'proc') continue;
    const value = /(?:^|,)hidepid=([^,]+)/.exec(options)?.[1];
    if (value !== undefined && value !== '0' && value !== 'off') return value;
  }
  return undefined;
}

/** What is not covered for want of permission and what to do; undefined when nothing is missing, or next to nothing. */
export function describeGap(snapshot: Snapshot, access: Access): string | undefined {
  const { unread } = coverage(snapshot);
  const hidden = access.hidepid !== undefined && !access.ptrace;
  if (unread.denied === 0 && !hidden) return undefined;
  const missing = describeMissing(snapshot, hidden);
  if (missing === undefined) return undefined;
  const denied = unread.denied > 0 ? `${unread.denied} of ${snapshot.processes.length} processes may not be read` : '';
  const mount = hidden ? `processes of other users are hidden (proc is mounted with hidepid=${access.hidepid})` : '';
  const what = [denied, mount].filter((part) => part !== '').join(' and ');
  const gap = `${what}: ${missing} is not covered`;
  return access.ptrace && unread.denied <= FEW ? gap : `${gap}. ${describeRemedy(access)}`;
}

/** How much memory is missing; undefined when that is next to nothing. */
function describeMissing(snapshot: Snapshot, hidden: boolean): string | undefined {
  const { exact, total, ratio } = coverage(snapshot);
  // What was not read for other reasons will be: only what is denied, or hidden, is missing.
  const most = hidden ? Number.POSITIVE_INFINITY : deniedAtMost(snapshot);
  // In a container nobody says what all its processes hold.
  if (total === 0 && hidden) return 'so much memory as nobody can see from here';
  if (total === 0) return most <= NEGLIGIBLE * (exact + most) ? undefined : `at most ${formatSize(most)} of memory`;
  const missing = Math.min((1 - ratio) * total, most);
  if (missing <= NEGLIGIBLE * total) return undefined;
  const share = `${Math.round((missing / total) * 100)} %`;
  return `${missing === most ? 'at most ' : ''}${formatSize(missing)} of process memory (${share})`;
}

function deniedAtMost({ processes }: Snapshot): number {
  return processes.reduce((sum, sample) => (sample.unread === 'denied' ? sum + atMost(sample, 'pss') : sum), 0);
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
