import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { coverage } from '../../../src/core/coverage.ts';
import type { Snapshot } from '../../../src/core/types.ts';
import { watchLoop } from '../held-up.ts';
import { type ProcTree, procTree, rollupText } from '../proc-tree.ts';
import { type Started, start } from './start.ts';

const KIB = 1024;
const open: { tree?: ProcTree; started?: Started }[] = [];

afterEach(async () => {
  for (const { tree, started } of open.splice(0)) {
    await started?.source.close();
    tree?.dispose();
  }
});

function plant(): ProcTree {
  const tree = procTree();
  open.push({ tree });
  return tree;
}

function begin(...args: Parameters<typeof start>): Started {
  const started = start(...args);
  open.unshift({ started });
  return started;
}

function find(snapshot: Snapshot, pid: number) {
  return snapshot.processes.find(({ process }) => process.pid === pid);
}

test('every figure of a process comes from its smaps_rollup, and swap is counted apart', async () => {
  const tree = plant();
  tree.add({ pid: 10, comm: 'nginx', rss: 9000, pss: 5000, uss: 4000, swapPss: 700, uid: 33, start: 4200, ppid: 3 });
  const { source } = begin(tree);
  const sample = find(await source.snapshot(), 10);
  expect(sample?.exact).toMatchObject({
    pss: 5000 * KIB,
    swapPss: 700 * KIB,
    rss: 9000 * KIB,
    uss: 4000 * KIB,
    anon: 4000 * KIB,
    file: 1000 * KIB,
    dirty: 4000 * KIB,
  });
  expect(sample?.process).toMatchObject({
    name: 'nginx',
    uid: 33,
    user: 'www',
    start: 4200,
    startedAt: 42_000,
    ppid: 3,
  });
  expect(sample).not.toHaveProperty('unread');
});

test('the host, its boot and its uptime are told', async () => {
  const tree = plant();
  tree.host({
    total: 1000,
    available: 400,
    anon: 300,
    mapped: 200,
    swapTotal: 50,
    swapFree: 20,
    uptime: 77,
    hostname: 'box',
  });
  const { source } = begin(tree);
  const snapshot = await source.snapshot();
  expect(snapshot).toMatchObject({ host: 'box', boot: '11111111-2222-3333-4444-555555555555' });
  expect(snapshot.uptime).toBeGreaterThan(76_000);
  expect(snapshot.uptime).toBeLessThan(78_000);
  expect(snapshot.memory).toEqual({
    total: 1000 * KIB,
    available: 400 * KIB,
    anon: 300 * KIB,
    mapped: 200 * KIB,
    swapTotal: 50 * KIB,
    swapFree: 20 * KIB,
    pressure: { some10: 1.5, some60: 0.7, full10: 0.5, full60: 0.25 },
  });
});

test('smaps is added up where the kernel has no smaps_rollup', async () => {
  const tree = plant();
  const mapping = (address: string, rss: number, pss: number) =>
    `${address} r-xp 00000000 08:01 123 /usr/lib/a:b.so\nSize: 400 kB\nRss: ${rss} kB\nPss: ${pss} kB\nPrivate_Dirty: 4 kB\nAnonymous: 12 kB\nSwapPss: 2 kB\nVmFlags: rd ex mr\n`;
  const smaps = Array.from({ length: 3000 }, (_, i) => mapping(`${(i + 4096).toString(16)}000-ffff000`, 40, 20)).join(
    '',
  );
  tree.add({ pid: 10, rollup: 'absent', smaps });
  tree.add({ pid: 11, rollup: 'absent', smaps: mapping('1000-2000', 8, 8) });
  const { source } = begin(tree);
  const snapshot = await source.snapshot();
  expect(find(snapshot, 10)?.exact).toMatchObject({
    rss: 120_000 * KIB,
    pss: 60_000 * KIB,
    uss: 12_000 * KIB,
    anon: 36_000 * KIB,
    file: 24_000 * KIB,
    swapPss: 6000 * KIB,
  });
  expect(find(snapshot, 11)?.exact?.pss).toBe(8 * KIB);
});

test('kernel threads and zombies are left out, a process that can not be read keeps its upper bound', async () => {
  const tree = plant();
  tree.add({ pid: 2, comm: 'kthreadd', vsize: 0, rss: 0, rollup: { text: '' } });
  tree.add({ pid: 3, comm: 'dead', state: 'Z', rollup: { text: '' } });
  tree.add({ pid: 4, rss: 4000, rollup: 'unreadable' });
  const { source } = begin(tree);
  const snapshot = await source.snapshot();
  expect(snapshot.processes.map(({ process, rss, unread }) => [process.pid, rss, unread])).toEqual([
    [4, 4000 * KIB, 'denied'],
  ]);
  expect(coverage(snapshot)).toMatchObject({
    exact: 0,
    ratio: 0,
    unread: { denied: 1, stuck: 0, late: 0, postponed: 0 },
  });
});

test('a process that ends while it is read is counted as gone', async () => {
  const tree = plant();
  tree.add({ pid: 10 });
  tree.add({ pid: 11, rollup: 'absent' });
  const { source } = begin(tree);
  const snapshot = await source.snapshot();
  expect(snapshot.gone).toBe(1);
  expect(snapshot.processes).toHaveLength(1);
});

// Whatever else this machine does at the time only adds to what is measured, and makes readings late.
test.each([1, 2, 3])(
  'with %i hung processes the snapshot ends within a second and all others are read',
  { retry: 4 },
  async (hung) => {
    const tree = plant();
    for (let pid = 100; pid < 300; pid++) tree.add({ pid, pss: pid, uid: 33 });
    const stuck = [137, 138, 251].slice(0, hung);
    for (const pid of stuck) tree.add({ pid, rollup: 'fifo', uid: 1666 });
    const { source, notices } = begin(tree);
    await untilReady(source);
    const held = watchLoop();
    const snapshot = await source.snapshot();
    const { longest, waited } = held();
    expect(longest).toBeLessThan(50);
    expect(snapshot.cost.wall - waited).toBeLessThan(1000);
    expect(
      snapshot.processes.filter(({ unread }) => unread).map(({ process, unread }) => [process.pid, unread]),
    ).toEqual(stuck.map((pid) => [pid, 'stuck']));
    expect(snapshot.processes.filter(({ exact }) => exact)).toHaveLength(200 - hung);
    const said = notices.filter(({ kind }) => kind === 'reader').map(({ message }) => message);
    expect(said.filter((message) => message.includes('hangs'))).toHaveLength(hung);
    expect(said.some((message) => message.includes('user mallory'))).toBe(hung === 3);
  },
);

test('who was left out for want of time is read first the next time', async () => {
  const tree = plant();
  for (let pid = 100; pid < 700; pid++) tree.add({ pid });
  const { source } = begin(tree, { patience: 0 });
  await untilReady(source);
  const unseen = new Set(Array.from({ length: 600 }, (_, i) => 100 + i));
  for (let turn = 0; turn < 6; turn++) {
    const taken = await source.snapshot();
    for (const { process, exact } of taken.processes) if (exact) unseen.delete(process.pid);
    await sleep(100);
  }
  expect([...unseen]).toEqual([]);
});

test('a hung process costs nothing in the next snapshot, and a user with three is left out', async () => {
  const tree = plant();
  for (const pid of [10, 11, 12]) tree.add({ pid, rollup: 'fifo', uid: 1666 });
  tree.add({ pid: 13, uid: 1666 });
  tree.add({ pid: 14, uid: 33 });
  const { source } = begin(tree);
  // On a busy machine the first snapshot may end before all three are found out.
  let first = await source.snapshot();
  for (let i = 0; i < 3 && coverage(first).unread.stuck < 3; i++) first = await source.snapshot();
  const reader = source.readerPid();
  const again = await source.snapshot();
  expect(source.readerPid()).toBe(reader);
  expect(again.processes.map(({ process, unread }) => [process.pid, unread])).toEqual([
    [10, 'stuck'],
    [11, 'stuck'],
    [12, 'stuck'],
    [13, 'postponed'],
    [14, undefined],
  ]);
});

test('a reader that is killed is started again and nothing is lost', async () => {
  const tree = plant();
  for (let pid = 100; pid < 150; pid++) tree.add({ pid });
  const { source, notices } = begin(tree);
  await source.snapshot();
  const first = source.readerPid();
  if (first !== undefined) process.kill(first, 'SIGKILL');
  const snapshot = await source.snapshot();
  expect(snapshot.cost.exact).toBe(50);
  expect(source.readerPid()).not.toBe(first);
  expect(notices.filter(({ kind, message }) => kind === 'reader' && message.includes('SIGKILL'))).toHaveLength(1);
});

test('a reader that can not be started is told once, and its processes keep their bounds', async () => {
  const tree = plant();
  tree.add({ pid: 10, rss: 4000 });
  const { source, notices } = begin(tree, { reader: '/nowhere/reader.js' });
  const snapshot = await source.snapshot();
  await source.snapshot();
  expect(find(snapshot, 10)).toMatchObject({ rss: 4000 * KIB, unread: 'late' });
  expect(notices.filter(({ kind }) => kind === 'reader')).toHaveLength(1);
  expect(notices.find(({ kind }) => kind === 'reader')?.message).toContain('/nowhere/reader.js');
});

test('the reader ends when its input does', async () => {
  const { source } = begin(plant());
  await source.snapshot();
  const pid = source.readerPid() ?? 0;
  await source.close();
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

test('a process object is handed on as it is until something in it changes', async () => {
  const tree = plant();
  tree.add({ pid: 10, comm: 'worker', cmdline: ['/bin/worker', '-x'] });
  const { source } = begin(tree);
  const first = find(await source.snapshot(), 10)?.process;
  expect(find(await source.snapshot(), 10)?.process).toBe(first);
  tree.add({ pid: 10, comm: 'renamed', cmdline: ['/bin/renamed'] });
  const second = find(await source.snapshot(), 10)?.process;
  expect(second).toMatchObject({ pid: 10, name: 'renamed', cmdline: '/bin/renamed' });
  tree.add({ pid: 10, comm: 'renamed', cmdline: ['/bin/renamed'], start: 9999 });
  expect(find(await source.snapshot(), 10)?.process).toMatchObject({ start: 9999, name: 'renamed' });
});

test('a pid that was given to another process between two looks is not taken for the first one', async () => {
  const tree = plant();
  tree.add({ pid: 10, start: 1000 });
  tree.add({ pid: 11, rollup: 'fifo' });
  const { source } = begin(tree);
  await untilReady(source);
  const taking = source.snapshot();
  await sleep(30);
  tree.add({ pid: 10, start: 2000, pss: 77 });
  const snapshot = await taking;
  expect(find(snapshot, 10)).toBeUndefined();
  expect(snapshot.gone).toBe(1);
  expect(await source.reread(10, 1000)).toBe('gone');
  expect(await source.reread(10, 2000)).toMatchObject({ pss: 77 * KIB });
  expect(await source.reread(12, 1)).toBe('gone');
});

test('under a ceiling there is room for what others do not use, less the cache that can be taken back', async () => {
  const tree = plant();
  tree.write('cgroup/system.slice/memory.max', '3000000\n');
  tree.write('cgroup/system.slice/memory.current', '2900000\n');
  tree.write('cgroup/system.slice/memory.stat', 'anon 2000000\ninactive_file 300000\nactive_file 600000\n');
  tree.write('cgroup/system.slice/a.service/memory.max', '2000000\n');
  tree.write('cgroup/system.slice/a.service/memory.current', '900000\n');
  tree.write('cgroup/memory/box/memory.limit_in_bytes', '5000000\n');
  tree.write('cgroup/memory/box/memory.usage_in_bytes', '5100000\n');
  tree.write('cgroup/memory/box/memory.stat', 'inactive_file 1\ntotal_inactive_file 50000\n');
  tree.add({ pid: 10, cgroup: '/system.slice/a.service' });
  tree.add({ pid: 11, cgroup: '4:memory:/box\n0::/\n' });
  const { source } = begin(tree);
  const { processes } = await source.snapshot();
  // Its own limit is nearer, but its neighbours leave less room under the slice's.
  expect(processes.map(({ ceiling, room }) => ({ ceiling, room }))).toEqual([
    { ceiling: 2_000_000, room: 400_000 },
    { ceiling: 5_000_000, room: 0 },
  ]);
});

test('a ceiling counts where nobody tells the memory of the host too', async () => {
  const tree = plant();
  tree.write('proc/meminfo', '');
  tree.write('cgroup/system.slice/memory.max', '3000000\n');
  tree.add({ pid: 10, cgroup: '/system.slice' });
  tree.add({ pid: 11, cgroup: '/user.slice' });
  const { source } = begin(tree);
  const { processes } = await source.snapshot();
  expect(processes.map(({ ceiling }) => ceiling)).toEqual([3_000_000, undefined]);
});

test('the ceiling is the lowest limit up the tree, for v2 and v1', async () => {
  const tree = plant();
  tree.write('cgroup/system.slice/memory.max', '3000000\n');
  tree.write('cgroup/system.slice/a.service/memory.max', 'max\n');
  tree.write('cgroup/system.slice/a.service/memory.high', '2000000\n');
  tree.write('cgroup/memory/box/memory.limit_in_bytes', '5000000\n');
  tree.write('cgroup/memory/memory.limit_in_bytes', '9223372036854771712\n');
  tree.add({ pid: 10, cgroup: '/system.slice/a.service' });
  tree.add({ pid: 11, cgroup: '/system.slice' });
  tree.add({ pid: 12, cgroup: '4:memory:/box\n1:name=systemd:/system.slice/b.service\n0::/\n' });
  tree.add({ pid: 13, cgroup: '/../../etc' });
  const { source } = begin(tree);
  const snapshot = await source.snapshot();
  expect(snapshot.processes.map(({ ceiling }) => ceiling)).toEqual([2_000_000, 3_000_000, 5_000_000, undefined]);
  expect(snapshot.processes.every(({ room }) => room === undefined)).toBe(true);
  expect(snapshot.processes.map(({ process }) => process.unit)).toEqual([
    'a.service',
    undefined,
    'b.service',
    undefined,
  ]);
});

test('the iteration keeps its pace, can be hurried, and ends when closed', async () => {
  const tree = plant();
  tree.add({ pid: 10 });
  const { source } = begin(tree, { interval: 60_000 });
  const uptimes: number[] = [];
  for await (const { uptime } of source) {
    uptimes.push(uptime);
    if (uptimes.length === 3) void source.close();
    else setTimeout(source.nudge, 20);
  }
  expect(uptimes).toHaveLength(3);
});

test('a snapshot that takes longer than the interval leaves turns out and says so once', async () => {
  const tree = plant();
  tree.add({ pid: 10 });
  const { source, notices } = begin(tree, { interval: 20 });
  let seen = 0;
  for await (const _ of source) {
    await sleep(50);
    if (++seen === 4) break;
  }
  expect(notices.filter(({ kind }) => kind === 'overrun')).toHaveLength(1);
});

test('what may not be read is told once, with the capability that is missing', async () => {
  const tree = plant();
  tree.write('proc/self/status', 'CapEff:\t0000000000000000\n');
  tree.write('proc/self/mounts', `proc ${tree.root} proc rw,hidepid=invisible 0 0\n`);
  tree.add({ pid: 10, rollup: 'unreadable', rss: 4000 });
  tree.add({ pid: 11, rollup: { text: rollupText() } });
  const { source, notices } = begin(tree);
  await source.snapshot();
  await source.snapshot();
  const said = notices.filter(({ kind }) => kind === 'coverage');
  expect(said).toHaveLength(1);
  expect(said[0]?.message).toMatch(/1 of 2 processes.*hidepid=invisible.*100 %.*CAP_SYS_PTRACE is missing/);
});

test('figures of the host that are missing, as under ProcSubset=pid, are told once at the start', async () => {
  const tree = plant();
  tree.add({ pid: 11, rollup: { text: rollupText() } });
  tree.write('proc/meminfo', '');
  const { source, notices } = begin(tree);
  await source.snapshot();
  await source.snapshot();
  expect(notices.filter(({ kind }) => kind === 'coverage').map(({ message }) => message)).toEqual([
    expect.stringMatching(/\/meminfo can't be read: what the host has.* is not known.*ProcSubset=all/),
  ]);
});

async function untilReady(source: Started['source']): Promise<void> {
  // A source's reader is started at once; a second snapshot of one empty moment is all that is needed to know it is up.
  await source.reread(0, 0);
  await sleep(150);
}

test('only what is asked for is read exactly, under its whole name; the others are not touched', async () => {
  const tree = plant();
  const long = ['/usr/bin/a-very-long-name-indeed', '--flag'];
  tree.add({ pid: 1, comm: 'asked', rss: 900, pss: 500 });
  tree.add({ pid: 2, comm: 'a-very-long-nam', rss: 900, pss: 400, cmdline: long });
  tree.add({ pid: 3, comm: 'other', rss: 900, rollup: 'fifo' });
  tree.add({ pid: 4, comm: 'other-long-name', rss: 900, rollup: 'fifo', cmdline: ['/bin/other-long-name-too'] });
  tree.add({ pid: 5, comm: 'shut', rss: 900, rollup: 'unreadable' });
  const names = ['asked', 'a-very-long-name-indeed', 'shut'];
  const { source, notices } = begin(tree, { only: ({ name }) => names.includes(name) });
  for (const turn of ['first', 'second']) {
    const taken = await source.snapshot();
    const seen = taken.processes.map(({ process, exact, unread }) => [process.name, exact?.pss ?? unread]);
    expect(seen, turn).toEqual([
      ['asked', 500 * KIB],
      ['a-very-long-name-indeed', 400 * KIB],
      ['other', 'postponed'],
      ['other-long-name-too', 'postponed'],
      ['shut', 'denied'],
    ]);
    expect(taken.cost.exact).toBe(2);
  }
  expect(notices).toEqual([]);
});
