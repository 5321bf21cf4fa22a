import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ProcessSample, Snapshot } from '../../../src/core/types.ts';
import { grep } from '../../../src/sources/proc/grep.ts';
import { type SweepOptions, snapshotOf, sweep } from '../../../src/sources/proc/sweep.ts';
import { parseSwept } from '../../../src/sources/proc/swept.ts';
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

describe('the lines of a sweep', () => {
  test('belong to the process whose file they come from, also when one of its files is missing', () => {
    const text =
      '7/smaps_rollup:Pss:      70 kB\n7/smaps_rollup:SwapPss:  5 kB\n8/comm:eight\n9/smaps_rollup:Pss: 90 kB\n9/comm:nine\n';
    expect(parseSwept(text)).toEqual({ pids: [8, 9], comms: ['eight', 'nine'], pss: [-1, 90], swapPss: [0, 0] });
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
      lines: '1/comm:one\n',
      complaints: expect.stringMatching(/^\S+ 2\/comm: No such file or directory\n$/),
    });
  });
});
