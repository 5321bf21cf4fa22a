import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ProcTree, procTree } from '../sources/proc-tree.ts';
import { PROGRAM, psstop, shell, start } from './psstop.ts';

/** A user without rights. */
const NOBODY = 65_534;
const ESC = '\u001b';
const CONTAINER = 'c0ffee'.repeat(11).slice(0, 64);

let tree: ProcTree;
let folder: string;
beforeEach(() => {
  tree = procTree();
  folder = mkdtempSync(join(tmpdir(), 'psstop-cli-'));
});
afterEach(() => {
  tree.dispose();
  rmSync(folder, { recursive: true });
});

/** A list of the made-up tree. */
function list(...args: readonly string[]) {
  return psstop('--proc', tree.root, ...args);
}

/** The rows of a printed list, cut at blanks. */
function rows(stdout: string): string[][] {
  const lines = stdout.split('\n').map((line) => line.trim());
  const from = lines.findIndex((line) => line.startsWith('---')) + 1;
  return lines.slice(from, lines.indexOf('', from)).map((line) => line.split(/ {2,}/));
}

describe('psstop', () => {
  it('lists processes by PSS with totals in kB and MB and their number', async () => {
    tree.host({ anon: 5_800_000, mapped: 200_000 });
    tree.add({ pid: 10, comm: 'small', rss: 3000, pss: 1000 });
    tree.add({ pid: 2_000_000, comm: 'big', rss: 4_000_000, pss: 3_400_321 });
    tree.add({ pid: 30, comm: 'middle one', rss: 3_000_000, pss: 2_500_000, swapPss: 77 });
    const { stdout, stderr, code } = await list();
    expect(stdout).toBe(`
 Process Name      PID  PSS Memory (kB)
 ------------      ---  ---------------
 big           2000000       3400321 kB
 middle one         30       2500000 kB
 small              10          1000 kB

 Total  5901321 kB
 Total     5763 MB  (1 MB = 1024 kB, 1 kB = 1024 bytes)
 Total number of processes:  3
 Swapped out: 77 kB more (SwapPss, not in the totals)
 Covered: 98.3 % of the 6000000 kB that all processes hold
 Unaccounted: 2388608 kB in use, but held by no process
`);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  });

  it('lists this host, itself among its processes', async () => {
    const { stdout, code } = await psstop('--json');
    expect(code).toBe(0);
    const { rows: all, totals, coverage } = JSON.parse(stdout);
    expect(all.map(({ pid }: { pid: number }) => pid)).toContain(process.pid);
    expect(totals.processes).toBe(all.length);
    const sum = all.reduce((pss: number, row: { pss: number | null }) => pss + (row.pss ?? 0), 0);
    expect(totals.pss).toBe(sum);
    expect(coverage).toBeGreaterThan(0);
    const own = all.find(({ pid }: { pid: number }) => pid === process.pid);
    expect(own.pss).toBeGreaterThan(10 * 2 ** 20);
    expect(own.pss).toBeLessThanOrEqual(own.rss);
    expect(own.uss).toBeLessThanOrEqual(own.pss);
  });

  it('leaves out kernel threads and zombies, which have no memory', async () => {
    tree.add({ pid: 1, comm: 'init' });
    tree.add({ pid: 2, comm: 'kthreadd', vsize: 0, rss: 0 });
    tree.add({ pid: 3, comm: 'dead', state: 'Z' });
    expect(rows((await list()).stdout).map(([name]) => name)).toEqual(['init']);
  });

  it('says what it could not read and why, and how much that can be at most', async () => {
    tree.host({ anon: 9000, mapped: 1000 });
    tree.add({ pid: 1, comm: 'open', rss: 9000, pss: 9000 });
    tree.add({ pid: 2, comm: 'shut', rss: 800, rollup: 'unreadable' });
    tree.add({ pid: 3, comm: 'hung', rss: 400, rollup: 'fifo' });
    const { stdout, stderr, code } = await list();
    expect(code).toBe(0);
    expect(rows(stdout)).toEqual([
      ['open', '1', '9000 kB'],
      ['shut', '2', '≤ 800 kB'],
      ['hung', '3', '≤ 400 kB'],
    ]);
    expect(stdout).toContain('Total  9000 kB\n');
    expect(stdout).toMatch(/2 processes could not be read: 1 denied, 1 stuck; at most 1200 kB/);
    expect(stdout).toContain('Covered: 90.0 %');
    expect(stderr).toMatch(
      /^psstop: .*1 of 3 processes may not be read: at most 800 KiB .*\(8 %\) is not covered\. CAP_SYS_PTRACE /m,
    );
  });

  it.runIf(process.getuid?.() === 0)('shows a plain user what is his, and what the others have at most', async () => {
    const child = spawn('cat', { stdio: ['pipe', 'ignore', 'inherit'], uid: NOBODY, gid: NOBODY });
    const { stdout, stderr, code } = await start([], { user: NOBODY }).ended;
    child.stdin.end();
    expect(code).toBe(0);
    const all = rows(stdout);
    expect(all.find(([, pid]) => pid === String(child.pid))).toEqual([
      'cat',
      String(child.pid),
      expect.stringMatching(/^\d+ kB$/),
    ]);
    expect(all.find(([, pid]) => pid === String(process.pid))?.[2]).toMatch(/^≤ \d{5,} kB$/);
    const denied = all.filter(([, , size]) => size?.startsWith('≤')).length;
    expect(stdout).toMatch(new RegExp(`${denied} process(es)? could not be read: ${denied} denied; at most`));
    expect(stderr).toContain('CAP_SYS_PTRACE is missing: run as root');
  });

  it('says that others are hidden where everybody who is listed was read', async () => {
    tree.add({ pid: 10, comm: 'mine', rss: 900, pss: 800 });
    tree.write('proc/self/mounts', `proc ${tree.root} proc rw,hidepid=invisible 0 0\n`);
    const { stdout, stderr } = await list();
    expect(rows(stdout)).toEqual([['mine', '10', '800 kB']]);
    const told = /^psstop: processes of other users are hidden .*hidepid=invisible.*CAP_SYS_PTRACE is missing/;
    expect(stderr).toMatch(told);
    expect((await psstop('--proc', `${tree.root}/`)).stderr).toMatch(told);
    symlinkSync(tree.root, join(folder, 'proc'));
    expect((await psstop('--proc', join(folder, 'proc'))).stderr).toMatch(told);
    const missing = await list('-p', 'theirs');
    expect(missing.stderr).toMatch(told);
    expect(missing.stderr).toContain('Process not found');
  });

  it('is as complete when somebody hangs, and not much later', async () => {
    for (let pid = 10; pid < 60; pid += 1) tree.add({ pid, comm: `p${pid}`, rss: 900, pss: pid });
    tree.add({ pid: 60, comm: 'hung', rss: 900, rollup: 'fifo' });
    const begin = performance.now();
    const { stdout, stderr, code } = await list();
    expect(performance.now() - begin).toBeLessThan(4000);
    expect(code).toBe(0);
    expect(rows(stdout)).toHaveLength(51);
    expect(rows(stdout)[0]).toEqual(['hung', '60', '≤ 900 kB']);
    expect(stdout).toContain('1 process could not be read: 1 stuck; at most 900 kB more');
    expect(stderr).toContain('reading process 60 (hung) hangs');
  });

  it('warns of no gap that is below one percent: the totals tell it', async () => {
    tree.host({ anon: 9000, mapped: 1000 });
    tree.add({ pid: 1, comm: 'open', rss: 9950, pss: 9950 });
    tree.add({ pid: 2, comm: 'shut', rss: 40, rollup: 'unreadable' });
    const { stdout, stderr } = await list();
    expect(stdout).toMatch(/1 process could not be read: 1 denied/);
    expect(stderr).toBe('');
  });

  it.each([
    ['pss', ['c', 'b', 'a']],
    ['swap', ['a', 'b', 'c']],
    ['rss', ['b', 'c', 'a']],
    ['name', ['a', 'b', 'c']],
    ['pid', ['c', 'a', 'b']],
  ])('sorts by %s', async (key, order) => {
    tree.add({ pid: 2, comm: 'a', rss: 500, pss: 100, swapPss: 30 });
    tree.add({ pid: 3, comm: 'b', rss: 900, pss: 200, swapPss: 20 });
    tree.add({ pid: 1, comm: 'c', rss: 600, pss: 300, swapPss: 10 });
    expect(rows((await list('--sort', key)).stdout).map(([name]) => name)).toEqual(order);
  });

  it('shows what it is sorted by in front of PSS, which stays the last', async () => {
    tree.add({ pid: 1, comm: 'a', rss: 900, pss: 600, swapPss: 5 });
    tree.add({ pid: 2, comm: 'b', rss: 1000, pss: 500, swapPss: 70 });
    tree.add({ pid: 3, comm: 'shut', rss: 32, rollup: 'unreadable' });
    const bySwap = await list('--sort', 'swap');
    expect(bySwap.stdout).toContain('PID  Swap (kB)  PSS Memory (kB)\n');
    expect(rows(bySwap.stdout)).toEqual([
      ['b', '2', '70 kB', '500 kB'],
      ['a', '1', '5 kB', '600 kB'],
      ['shut', '3', '≥ 0 kB', '≤ 32 kB'],
    ]);
    const byRss = await list('--sort', 'rss', '--by', 'name', '--top', '1');
    expect(byRss.stdout).toContain('Processes  RSS (kB)  PSS Memory (kB)\n');
    expect(rows(byRss.stdout)[0]).toEqual(['b', '1', '1000 kB', '500 kB']);
  });

  it('shows the first rows with --top, and counts all', async () => {
    for (let pid = 1; pid <= 9; pid += 1) tree.add({ pid, comm: `p${pid}`, rss: 9000, pss: pid * 100 });
    const { stdout } = await list('--top', '2');
    expect(rows(stdout)).toEqual([['p9', '9', '900 kB'], ['p8', '8', '800 kB'], ['… and 7 more']]);
    expect(stdout).toContain('Total  4500 kB');
    expect(stdout).toContain('Total number of processes:  9');
  });

  describe('with --by', () => {
    beforeEach(() => {
      const nginx = '/system.slice/nginx.service';
      tree.add({ pid: 1, comm: 'nginx', rss: 500, pss: 100, uid: 0, cgroup: nginx });
      tree.add({ pid: 2, comm: 'nginx', rss: 500, pss: 300, uid: 33, cgroup: nginx });
      tree.add({ pid: 3, comm: 'php', rss: 900, pss: 250, uid: 33, cgroup: `/system.slice/docker-${CONTAINER}.scope` });
      tree.add({ pid: 4, comm: 'php', rss: 700, uid: 4711, rollup: 'unreadable' });
    });

    it.each([
      {
        ...{ by: 'name', title: 'Process Name' },
        expected: ['php 2 ≤ 950 kB', 'nginx 2 400 kB'],
      },
      {
        ...{ by: 'unit', title: 'Unit' },
        expected: ['- 1 ≤ 700 kB', 'nginx.service 2 400 kB', `docker-${CONTAINER}.scope 1 250 kB`],
      },
      {
        ...{ by: 'container', title: 'Container' },
        expected: ['- 3 ≤ 1100 kB', `${CONTAINER} 1 250 kB`],
      },
    ])('$by makes one row of each', async ({ by, title, expected }) => {
      const { stdout } = await list('--by', by);
      expect(stdout).toMatch(new RegExp(`^ ${title} +Processes +PSS`, 'm'));
      expect(rows(stdout).map((row) => row.join(' '))).toEqual(expected);
      expect(stdout).toContain('Total number of processes:  4');
    });

    it('user makes one row of each, by the names of this host', async () => {
      const found = rows((await list('--by', 'user')).stdout);
      expect(found.map(([, count, pss]) => [count, pss])).toEqual([
        ['1', '≤ 700 kB'],
        ['2', '550 kB'],
        ['1', '100 kB'],
      ]);
      expect(found.map(([name]) => name)).toEqual(expect.arrayContaining(['4711', 'root']));
    });

    it('and --json gives what is known of a group, and the bounds of the rest', async () => {
      const { rows: groups } = JSON.parse((await list('--by', 'name', '--json')).stdout);
      expect(groups[0]).toMatchObject({ name: 'php', processes: 2, pids: [3, 4], pss: null });
      expect(groups[0]).toMatchObject({ pssAtLeast: 250 * 1024, pssAtMost: 950 * 1024, unread: 1 });
      const figures = { pss: 400 * 1024, swapPss: 0, rss: 1000 * 1024 };
      expect(groups[1]).toEqual({ name: 'nginx', processes: 2, pids: [1, 2], ...figures });
    });
  });

  describe('with -p', () => {
    beforeEach(() => {
      tree.add({ pid: 1, comm: 'systemd', rss: 900, pss: 400 });
      tree.add({ pid: 2, comm: 'systemd-udevd', rss: 900, pss: 300 });
      tree.add({ pid: 3, comm: 'my systemd', rss: 900, pss: 200 });
      tree.add({ pid: 4, comm: 'bash', rss: 900, pss: 100, cmdline: ['/opt/bin/runner', '--fast'] });
      tree.add({ pid: 5, comm: 'a-very-long-nam', rss: 900, pss: 50, cmdline: ['/usr/bin/a-very-long-name-indeed'] });
    });

    it.each([
      ['systemd', ['systemd']],
      ['systemd*', ['systemd', 'systemd-udevd']],
      ['*systemd', ['systemd', 'my systemd']],
      ['*stem*', ['systemd', 'systemd-udevd', 'my systemd']],
      ['s?stemd', ['systemd']],
      ['a-very-long-name-indeed', ['a-very-long-name-indeed']],
    ])('%s shows those of this name alone', async (name, expected) => {
      const { stdout, stderr, code } = await list('-p', name);
      expect(rows(stdout).map(([found]) => found)).toEqual(expected);
      expect(stdout).toContain(`Total number of processes:  ${expected.length}`);
      expect(stdout).not.toMatch(/not be read|Covered/);
      expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    });

    it('says that there is none and ends with 1, also when a part would fit', async () => {
      for (const name of ['ystemd', 'SYSTEMD', 'stem*', `x${ESC}[2J`]) {
        const { stdout, stderr, code } = await list('-p', name);
        expect({ stdout, code }).toEqual({ stdout: '', code: 1 });
        expect(stderr).toMatch(/^Process not found: .*"\n$/);
        expect(stderr).not.toContain(ESC);
      }
    });

    it('and -c looks for the name from the command line, which is the one that is shown', async () => {
      expect(rows((await list('-c')).stdout).map(([name]) => name)).toContain('runner');
      expect(rows((await list('-c', '-p', 'runner')).stdout)).toEqual([['runner', '4', '100 kB']]);
      expect((await list('-c', '-p', 'bash')).code).toBe(1);
    });

    it('and no command line makes all rows as wide as itself', async () => {
      const word = 'a-very-long-nam'.repeat(200);
      tree.add({ pid: 6, comm: 'a-very-long-nam', rss: 900, pss: 20, cmdline: [word] });
      for (const { stdout } of [await list(), await list('-c'), await list('--json')]) {
        expect(stdout).toContain('a-very-long-name-indeed');
        expect(stdout.split('\n').filter((line) => line.length > 100 && !line.startsWith('{'))).toEqual([]);
      }
      expect((await list('-p', 'a-very-long-nam')).code).toBe(0);
    });

    it('reads only the processes asked for: one that would hang is not even touched', async () => {
      tree.add({ pid: 6, comm: 'hung', rss: 900, rollup: 'fifo' });
      tree.add({ pid: 7, comm: 'hung-long-name1', rss: 900, rollup: 'fifo', cmdline: ['/bin/hung-long-name123'] });
      const { stdout, stderr } = await list('-p', 'systemd', '--json');
      expect(stderr).toBe('');
      // Of all others it can't say whether they are covered.
      expect(JSON.parse(stdout)).toMatchObject({ cost: { exact: 1 }, coverage: null });
    });

    it('says what to do when the one asked for may not be read', async () => {
      tree.add({ pid: 6, comm: 'shut', rss: 900, rollup: 'unreadable' });
      const { stdout, stderr } = await list('-p', 'shut');
      expect(rows(stdout)).toEqual([['shut', '6', '≤ 900 kB']]);
      expect(stderr).toMatch(/^psstop: 1 of 1 processes may not be read\. CAP_SYS_PTRACE /);
    });
  });

  describe('with -f', () => {
    it('also writes name, pid and PSS as CSV that no spreadsheet computes', async () => {
      tree.add({ pid: 1, comm: 'plain', rss: 900, pss: 600 });
      tree.add({ pid: 2, comm: 'with, comma', rss: 900, pss: 500 });
      tree.add({ pid: 3, comm: 'say "hi"', rss: 900, pss: 400 });
      tree.add({ pid: 4, comm: 'two\nlines', rss: 900, pss: 300 });
      tree.add({ pid: 5, comm: '=1+1', rss: 900, pss: 200 });
      tree.add({ pid: 6, comm: 'unread', rss: 100, rollup: 'unreadable' });
      const file = join(folder, 'out.csv');
      const { stdout, code } = await list('-f', file);
      expect(code).toBe(0);
      expect(rows(stdout)).toHaveLength(6);
      expect(readFileSync(file, 'utf8')).toBe(
        `plain,1,600\n"with, comma",2,500\n"say ""hi""",3,400\ntwo\\nlines,4,300\n'=1+1,5,200\nunread,6,\n`,
      );
    });

    it('writes CSV to standard output for "-", in place of the table, and no file of that name', async () => {
      tree.add({ pid: 1, comm: 'plain', rss: 900, pss: 600 });
      tree.add({ pid: 2, comm: 'small', rss: 900, pss: 500 });
      expect(await list('-f', '-')).toMatchObject({ stdout: 'plain,1,600\nsmall,2,500\n', code: 0 });
      expect((await list('-f', '-', '--top', '1', '-p', 'sm*')).stdout).toBe('small,2,500\n');
      expect(existsSync('-')).toBe(false);
      const both = await list('-f', '-', '--json');
      expect(both).toMatchObject({ stdout: '', code: 2 });
      expect(both.stderr).toContain('--file - and --json both write to standard output');
    });

    it('says when the file can not be written, and ends with 1', async () => {
      tree.add({ pid: 1 });
      const { stdout, stderr, code } = await list('-f', join(folder, 'none', 'out.csv'));
      expect(stdout).toContain('Total');
      expect(stderr).toMatch(/^psstop: can't write .*out\.csv: ENOENT/);
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(code).toBe(1);
    });
  });

  it('writes everything it knows with --json', async () => {
    tree.add({
      ...{ pid: 9, comm: 'web', ppid: 3, start: 250, rss: 900, pss: 600, uss: 400, swapPss: 5, uid: 33 },
      ...{ exe: '/usr/bin/web', cmdline: ['web', '--port', '80'], cgroup: '/system.slice/web.service' },
    });
    tree.add({ pid: 10, comm: 'shut', rss: 800, rollup: 'unreadable' });
    const { stdout } = await list('--json');
    expect(stdout.trim().split('\n')).toHaveLength(1);
    const answer = JSON.parse(stdout);
    expect(answer).toMatchObject({ type: 'list', host: 'fixture', by: 'process', gone: 0 });
    expect(Date.parse(answer.time)).toBeGreaterThan(Date.now() - 60_000);
    expect(answer.totals).toEqual({
      ...{ processes: 2, pss: 600 * 1024, swap: 5 * 1024, unread: { denied: 1 } },
      ...{ unreadAtMost: 800 * 1024, pssAtMost: 1400 * 1024, omittedRows: 0 },
    });
    const kB = (value: number): number => value * 1024;
    expect(answer.rows[0]).toMatchObject({ name: 'shut', pid: 10, pss: null, pssAtMost: kB(800), unread: 'denied' });
    expect(answer.rows[1]).toMatchObject({
      ...{ name: 'web', pid: 9, ppid: 3, start: 250, exe: '/usr/bin/web', cmdline: 'web --port 80', uid: 33 },
      ...{ cgroup: '/system.slice/web.service', unit: 'web.service' },
      ...{ pss: kB(600), uss: kB(400), rss: kB(900), swapPss: kB(5), anon: kB(400), file: kB(200), shmem: 0 },
    });
    expect(answer.memory.total).toBe(kB(16_777_216));
  });

  it('writes no name raw that could command a terminal', async () => {
    const bad = [`${ESC}]0;owned\u0007`, 'a\nTotal:0', 'rtl\u202efdp', Uint8Array.of(0x66, 0xff, 0xfe), '\u009b2J'];
    bad.forEach((comm, index) => {
      tree.add({ pid: index + 1, comm, cmdline: [comm], rss: 900, pss: 100 - index });
    });
    const expected = ['\\x1b]0;owned\\x07', 'a\\nTotal:0', 'rtl\\u202efdp', 'f\\\\xff\\\\xfe', '\\x9b2J'];
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
    const raw = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\ufffd]/;
    for (const args of [[], ['-c'], ['--by', 'name'], ['--json'], ['-p', '*']]) {
      const { stdout, stderr, code } = await list(...args);
      expect(code).toBe(0);
      expect(stdout + stderr).not.toMatch(raw);
      if (args[0] === '--json') expect(JSON.parse(stdout).rows[0].name).toBe(bad[0]);
      else for (const name of expected) expect(stdout).toContain(` ${name} `);
    }
  });

  it('is the same under its old name', async () => {
    tree.add({ pid: 1, comm: 'systemd', rss: 900, pss: 400 });
    const program = join(folder, 'smartpsstop');
    symlinkSync(PROGRAM, program);
    const { stdout, code } = await start(['--proc', tree.root, '-p', 'systemd'], { program }).ended;
    expect(rows(stdout)).toEqual([['systemd', '1', '400 kB']]);
    expect(code).toBe(0);
  });

  it('takes options from PSSTOP_ variables, and the command line before them', async () => {
    tree.add({ pid: 1, comm: 'from-variable', rss: 900, pss: 400 });
    const env = { PSSTOP_PROC: tree.root };
    expect((await start([], { env }).ended).stdout).toContain('from-variable');
    const { stderr, code } = await start(['--proc', folder], { env }).ended;
    expect({ stderr, code }).toEqual({ stderr: `No processes in ${folder}: is it a proc file system?\n`, code: 1 });
  });

  it('says when the disk is full, and ends with 1', async () => {
    tree.add({ pid: 1 });
    const { stderr, code } = await shell(`psstop --proc ${tree.root} --json > /dev/full`);
    expect(stderr).toMatch(/^psstop: can't write: ENOSPC/);
    expect(code).toBe(1);
  });
});
