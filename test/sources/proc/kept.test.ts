import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { GONE } from '../../../src/sources/proc/files.ts';
import { type Kept, keeper, readStatm, roomFor } from '../../../src/sources/proc/kept.ts';
import { isProc } from '../../../src/sources/proc/proc-fs.ts';
import type { Statm } from '../../../src/sources/proc/stat.ts';
import { type ProcTree, procTree } from '../proc-tree.ts';

const trees: ProcTree[] = [];

afterEach(() => {
  for (const tree of trees.splice(0)) tree.dispose();
});

function plant(): ProcTree {
  const tree = procTree();
  trees.push(tree);
  return tree;
}

const statm = (): Statm => ({ size: 0, resident: 0, shared: 0 });
/** Whether its statm is open here. */
function isOpen(pid: number): boolean {
  const links = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  });
  return links.includes(`/proc/${pid}/statm`);
}

describe('a kept descriptor', () => {
  it('is read again and again, and says for ever that its process is gone', async () => {
    const child = spawn('sleep', ['1000']);
    const kept: Kept = { pid: child.pid ?? 0, fd: -1 };
    const all = keeper('/proc');
    for (let i = 0; i < 3; i++) {
      const into = statm();
      expect(readStatm(all, kept, into)).toBe(true);
      expect(into.resident).toBeGreaterThan(0);
      expect(into.shared).toBeLessThanOrEqual(into.resident);
    }
    expect(isOpen(kept.pid)).toBe(true);
    expect(all.lives(kept)).toBe(true);
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    expect(all.lives(kept)).toBe(false);
    expect(all.read(kept)).toBe(GONE);
    // It was given up with that: nobody else can be taken for him.
    expect([kept.fd, all.lives(kept), isOpen(kept.pid)]).toEqual([-1, undefined, false]);
    expect(all.read(kept)).toBe(GONE);
  });

  it('of a folder that only looks like one is never kept: a file outlives its process', () => {
    const tree = plant();
    tree.add({ pid: 10, rss: 4000, vsize: 40_960_000 });
    const all = keeper(tree.root);
    const kept: Kept = { pid: 10, fd: -1 };
    const into = statm();
    expect(readStatm(all, kept, into)).toBe(true);
    expect([kept.fd, into.size, into.resident]).toEqual([-1, 10_000, 1000]);
    expect(all.lives(kept)).toBeUndefined();
    tree.remove(10);
    expect(all.read(kept)).toBe(GONE);
    expect([isProc('/proc'), isProc(tree.root), isProc('/nowhere')]).toEqual([true, false, false]);
  });

  it('is not taken for figures where the file holds none', () => {
    const tree = plant();
    tree.add({ pid: 10 });
    const all = keeper(tree.root);
    for (const text of [
      '',
      '1 2\n',
      '-1 2 3 4 5 6 7\n',
      'a b c\n',
      '99999999999999999999 9999999999999999 1 0 0 0 0\n',
    ]) {
      tree.write('proc/10/statm', text);
      expect(readStatm(all, { pid: 10, fd: -1 }, statm())).toBe(false);
    }
  });
});

describe('room for descriptors', () => {
  const limits = (soft: string): string =>
    `Limit                     Soft Limit           Hard Limit           Units     \nMax open files            ${soft.padEnd(21)}524288               files     \n`;

  it('is half of what is allowed, less what psstop needs itself', () => {
    const rooms = ['64', '256', '258', '1024', '524288'].map((soft) => roomFor(limits(soft)));
    expect(rooms).toEqual([0, 0, 1, 384, 262_016]);
    expect(roomFor(limits('unlimited'))).toBeGreaterThan(2 ** 31);
  });

  it('is none where that is not told', () => {
    expect(roomFor('')).toBe(0);
    expect(roomFor(limits('many'))).toBe(0);
  });
});
