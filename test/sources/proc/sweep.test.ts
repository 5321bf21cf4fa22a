import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ProcessSample, Snapshot } from '../../../src/core/types.ts';
import { runBounded } from '../../../src/sources/proc/bounded.ts';
import { grep } from '../../../src/sources/proc/grep.ts';
import { type SweepOptions, snapshotOf, sweep } from '../../../src/sources/proc/sweep.ts';
import { parseSwept, sweepScript } from '../../../src/sources/proc/swept.ts';
import { type ProcTree, procTree } from '../proc-tree.ts';

const KIB = 1024;

let tree: ProcTree;
beforeEach(() => {
  tree = procTree();
});
afterEach(() => tree.dispose());

/** The snapshot that a sweep stands for. */
function take(options: SweepOptions): Snapshot | undefined {
  const found = sweep(options);
  return found && snapshotOf(found);
}

/** What a sweep of the tree tells of each process. */
function swept(): unknown[][] | undefined {
  const found = take({ root: tree.root, cgroupRoot: tree.cgroupRoot });
  return found?.processes.map(({ process, exact }) => [process.pid, process.name, (exact?.pss ?? -1) / KIB]);
}

describe('a sweep', () => {
  test('tells PSS, swap and name of every process, and the memory of the host', () => {
    tree.host({ anon: 300, mapped: 200 });
    tree.add({ pid: 10, comm: 'small', pss: 700, swapPss: 30 });
    tree.add({ pid: 2_000_000, comm: 'a b) R 1 (c', pss: 0 });
    tree.add({ pid: 30, comm: 'big', rss: 9_876_543_210, pss: 9_876_543_210 });
    const found = take({ root: tree.root });
    const readings = found?.processes.map(({ process, exact }) => [process.name, exact?.pss, exact?.swapPss]);
    expect(new Set(readings)).toEqual(
      new Set([
        ['small', 700 * KIB, 30 * KIB],
        ['a b) R 1 (c', 0, 0],
        ['big', 9_876_543_210 * KIB, 0],
      ]),
    );
    expect(found).toMatchObject({ host: 'fixture', gone: 0, memory: { anon: 300 * KIB, mapped: 200 * KIB } });
  });

  test('leaves out who has no memory, and counts who ended', () => {
    tree.add({ pid: 1, comm: 'init', pss: 5 });
    tree.add({ pid: 2, comm: 'kthreadd', vsize: 0, rss: 0 });
    tree.add({ pid: 3, comm: 'dead', state: 'Z' });
    tree.write('proc/4/left', '');
    const found = take({ root: tree.root });
    expect(found?.processes.map(({ process }) => process.name)).toEqual(['init']);
    expect(found?.gone).toBe(1);
  });

  test.each([
    ['a line break', 'two\nlines', 'two\nlines'],
    ['line breaks alone', '\n\n', '\n\n'],
    ['what looks like another file', '\n1/comm:other', '\n1/comm:other'],
    ['what looks like a figure', 'Pss:  9 kB', 'Pss:  9 kB'],
    ['nothing at all', '', ''],
    ['invalid UTF-8', Uint8Array.of(0x63, 0xff, 0xfe), 'c\\xff\\xfe'],
    ['UTF-8', 'größe', 'größe'],
  ])('knows a name with %s', (_, comm, name) => {
    tree.add({ pid: 1, comm: 'before', pss: 1 });
    tree.add({ pid: 2, comm, pss: 2 });
    tree.add({ pid: 3, comm: 'behind', pss: 3 });
    expect(swept()).toEqual([
      [1, 'before', 1],
      [2, name, 2],
      [3, 'behind', 3],
    ]);
  });

  test('completes a name that was cut, from whichever argument tells it', () => {
    const script = ['/usr/bin/python3', '/opt/two\nlines/a-very-long-name-indeed', 'third', 'fourth'];
    tree.add({ pid: 1, comm: 'a-very-long-nam', pss: 1, cmdline: script });
    tree.add({ pid: 2, comm: 'a-very-long-nam', pss: 2, cmdline: ['/bin/other'] });
    tree.add({ pid: 3, comm: 'a-very-long-nam', pss: 3 });
    tree.add({ pid: 4, comm: 'MainThread', pss: 4, cmdline: ['/usr/bin/node', 'x.js'] });
    expect(swept()?.map(([, name]) => name)).toEqual([
      'a-very-long-name-indeed',
      'a-very-long-nam',
      'a-very-long-nam',
      'node',
    ]);
  });

  test.each<[string, () => void]>([
    ['hangs', () => tree.add({ pid: 2, rollup: 'fifo' })],
    ['has memory and fails in another way than being refused', () => tree.add({ pid: 2, rollup: 'unreadable' })],
    ['has memory and no smaps_rollup, as before 4.14', () => tree.add({ pid: 2, rollup: 'absent' })],
    ['has a figure that is none', () => tree.add({ pid: 2, rollup: { text: 'Rss: 1 kB\nPss: many kB\n' } })],
    ['may have got the pid of another while it was read', () => tree.add({ pid: 2, start: 500_000 })],
  ])('leaves it to others when a process %s', (_, plant) => {
    tree.add({ pid: 1 });
    expect(swept()).toHaveLength(1);
    plant();
    const begin = performance.now();
    expect(swept()).toBeUndefined();
    expect(performance.now() - begin).toBeLessThan(2500);
  });

  test('leaves it to others when a command line hangs', () => {
    tree.add({ pid: 1, comm: 'a-very-long-nam' });
    expect(swept()).toHaveLength(1);
    tree.add({ pid: 1, comm: 'a-very-long-nam', cmdline: 'fifo' });
    expect(swept()).toBeUndefined();
  });

  test('sees this host as the kernel tells it', async () => {
    const child = spawn('cat', { stdio: ['pipe', 'ignore', 'inherit'] });
    await once(child, 'spawn');
    const find = (): ProcessSample | undefined =>
      take({ root: '/proc' })?.processes.find(({ process }) => process.pid === child.pid);
    // Whatever else runs here may end, or be born, just while it is read.
    let sample = find();
    for (let i = 0; i < 9 && sample?.process.name !== 'cat'; i++) sample = find();
    const text = readFileSync(`/proc/${child.pid}/smaps_rollup`, 'utf8');
    child.stdin.end();
    await once(child, 'exit');
    expect(sample?.process.name).toBe('cat');
    const kernel = Number(/^Pss: +(\d+) kB$/m.exec(text)?.[1]) * KIB;
    // What it shares with others that come and go.
    expect(Math.abs((sample?.exact?.pss ?? 0) - kernel)).toBeLessThan(0.5 * kernel);
  });
});

describe('what a sweep tells', () => {
  test('is a line of each process, and further ones of names with line breaks', () => {
    const text = '8/eight\n9Pss:      90 kB/nine\n/\n/12/more\n10Pss: 1 kBSwapPss:   5 kB/10Pss: 2 kB/ten\n';
    expect(parseSwept(text)).toEqual({
      pids: [8, 9, 10],
      comms: ['eight', 'nine\n\n12/more', '10Pss: 2 kB/ten'],
      pss: [-1, 90, 1],
      swapPss: [0, 0, 5],
    });
  });

  test.each(['8Pss: many kB/eight\n', '8Pss: 1 kB/eight', '8\n', 'awk: out of memory\n'])('can not be %j', (text) => {
    expect(parseSwept(`1/one\n${text}`)).toBeUndefined();
  });

  // Debian has mawk, Fedora gawk, Alpine busybox, FreeBSD and macOS the one true awk.
  const awks: [string, string[]][] = [
    ['/usr/bin/mawk', []],
    ['/usr/bin/gawk', []],
    ['/usr/bin/original-awk', []],
    ['/bin/busybox', ['awk']],
  ];
  describe.each(awks.filter(([program]) => existsSync(program)))('by %s', (program, args) => {
    test.each([true, false])('is the same as by any other (swap: %s)', (swap) => {
      tree.add({ pid: 1, comm: 'one', pss: 1, swapPss: 7 });
      tree.add({ pid: 2, comm: 'two\n3/comm\n', pss: 2 });
      tree.add({ pid: 3, comm: Uint8Array.of(0x25, 0x64, 0xff, 0x5c, 0x6e), pss: 30 });
      tree.add({ pid: 4, comm: 'four', rollup: 'absent' });
      tree.add({ pid: 6, comm: '', pss: 12_345_678_901 });
      const run = { program, folder: tree.root, patience: 5000, input: '1\n2\n3\n4\n5\n6' };
      const told = runBounded({ ...run, args: [...args, sweepScript(swap)] });
      expect(parseSwept(told?.output ?? '')).toEqual({
        pids: [1, 2, 3, 4, 6],
        comms: ['one', 'two\n3/comm\n', '%d\xff\\n', 'four', ''],
        pss: [1, 2, 30, -1, 12_345_678_901],
        swapPss: [swap ? 7 : 0, 0, 0, 0, 0],
      });
    });
  });
});

describe('grep', () => {
  const wanted = { pattern: '', patience: 5000 };

  test.each<[string, () => string[]]>([
    ['the files are too many', () => Array.from({ length: 200_000 }, (_, i) => `${i}/smaps_rollup-of-a-long-name`)],
    [
      'there is no such folder',
      () => {
        tree.dispose();
        return ['1/comm'];
      },
    ],
  ])('gives nothing when %s', (_, files) => {
    expect(grep(tree.root, { ...wanted, files: files() })).toBeUndefined();
  });

  test('gives nothing when it is killed', () => {
    tree.add({ pid: 1, rollup: 'fifo' });
    expect(grep(tree.root, { ...wanted, patience: 100, files: ['1/smaps_rollup'] })).toBeUndefined();
  });

  test('gives what can be read, and says what can not', () => {
    tree.add({ pid: 1, comm: 'one' });
    expect(grep(tree.root, { ...wanted, files: ['1/comm', '2/comm'] })).toEqual({
      status: 2,
      output: '1/comm:one\n',
      complaints: expect.stringMatching(/^\S+ 2\/comm: No such file or directory\n$/),
    });
  });
});
