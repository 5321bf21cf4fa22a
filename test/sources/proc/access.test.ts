import { expect, test } from 'vitest';
import type { ProcessSample, Snapshot } from '../../../src/core/types.ts';
import { type Access, describeGap, gapOf } from '../../../src/sources/proc/access.ts';

const MIB = 2 ** 20;
const NOTHING = { ptrace: false, perfmon: false, hidepid: undefined };

const describe = (taken: Snapshot, access: Access) => describeGap(gapOf(taken), access);

/** A host with 1000 MiB of process memory, where so many processes of `each` bytes may not be read, and the rest was. */
function snapshot(denied: number, each: number, rss = 2 * each): Snapshot {
  const process = { pid: 1, start: 1, startedAt: 1, ppid: 1, name: 'a', uid: 0, user: 'root', cgroup: '/' };
  const figures = { at: 0, swapPss: 0, rss: 0, uss: 0, anon: 0, file: 0, shmem: 0, dirty: 0 };
  const exact = { ...figures, pss: 1000 * MIB - denied * each };
  const unread: ProcessSample = { process, rss, unread: 'denied' };
  return {
    time: 0,
    uptime: 0,
    boot: 'b',
    host: 'h',
    memory: { total: 4000 * MIB, available: 0, anon: 800 * MIB, mapped: 200 * MIB, swapTotal: 0, swapFree: 0 },
    processes: [{ process, rss: exact.pss, exact }, ...Array.from({ length: denied }, () => unread)],
    gone: 0,
    cost: { exact: 1, wall: 0, longest: 0, cpu: 0 },
  };
}

test('less than a hundredth of the memory is not worth a word', () => {
  expect(describe(snapshot(9, MIB), NOTHING)).toBeUndefined();
  expect(describe(snapshot(11, MIB), NOTHING)).toBe(
    '11 of 12 processes may not be read: 11.0 MiB of process memory (1 %) is not covered. CAP_SYS_PTRACE is missing: run as root, or grant it (systemd: AmbientCapabilities=CAP_SYS_PTRACE; container: --cap-add SYS_PTRACE)',
  );
});

test('what was not read for other reasons is not laid at the door of what is denied', () => {
  const taken = snapshot(20, MIB, 1.5 * MIB);
  const processes = taken.processes.map(({ process, rss, unread }) =>
    unread ? { process, rss, unread } : { process, rss: 900 * MIB },
  );
  const draft = { ...taken, processes };
  expect(describe(draft, { ...NOTHING, ptrace: true })).toMatch(/: at most 30\.0 MiB of process memory \(3 %\)/);
});

test('of one or two processes nothing is concluded where the capability is there', () => {
  const access = { ...NOTHING, ptrace: true };
  expect(describe(snapshot(2, 50 * MIB), access)).toMatch(/^2 of 3 processes .* \(10 %\) is not covered$/);
  expect(describe(snapshot(3, 50 * MIB), access)).toContain('CAP_SYS_PTRACE is there, so');
});

test('where nobody says what all processes hold, as in a container, what is denied or hidden is told all the same', () => {
  const taken = snapshot(20, MIB, 1.5 * MIB);
  const inside = { ...taken, memory: { ...taken.memory, anon: 0, mapped: 0 } };
  expect(describe(inside, NOTHING)).toMatch(
    /^20 of 21 processes may not be read: at most 30\.0 MiB of memory is not covered\. CAP_SYS_PTRACE is missing/,
  );
  expect(describe({ ...inside, processes: inside.processes.slice(0, 2) }, NOTHING)).toBeUndefined();
  const alone = { ...inside, processes: inside.processes.slice(0, 1) };
  expect(describe(alone, NOTHING)).toBeUndefined();
  expect(describe(alone, { ...NOTHING, hidepid: '2' })).toMatch(
    /^processes of other users are hidden .*hidepid=2.*CAP_SYS_PTRACE is missing/,
  );
  expect(describe(alone, { ...NOTHING, hidepid: '2', ptrace: true })).toBeUndefined();
});
