import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { READER } from './start.ts';

const LIVES = new URL('./programs/lives.mjs', import.meta.url).pathname;
const LEADERLESS = new URL('./programs/leaderless.c', import.meta.url).pathname;
const NAMESPACE = ['--pid', '--fork', '--kill-child', '--mount-proc'];
/** Where there may be no namespaces, there is nothing to be shown: root can have them everywhere but in some containers. */
const canUnshare = spawnSync('unshare', [...NAMESPACE, 'true']).status === 0;
const canReuse = existsSync('/proc/sys/kernel/ns_last_pid');

/** Runs a scenario in a pid namespace of its own. @param descriptors how many it may have open. */
function live(scenario: string, { descriptors = 4096, program = '' } = {}): Record<string, unknown> {
  if (!existsSync(READER)) throw new Error(`build first (npm run build): ${READER} is missing`);
  const command = `ulimit -n ${descriptors}; exec "$@"`;
  const node = [process.execPath, LIVES, scenario, program];
  const { status, stdout, stderr } = spawnSync('unshare', [...NAMESPACE, 'sh', '-c', command, 'sh', ...node], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (status !== 0) throw new Error(`${scenario} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}

describe.skipIf(!canUnshare)('processes, followed in a namespace of their own', { timeout: 90_000 }, () => {
  it.skipIf(!canReuse)('are told apart when one gets the pid of another that ended', () => {
    const { same, lives, old, before, after } = live('reuse');
    expect({ same, lives, old }).toEqual({ same: true, lives: false, old: false });
    expect(before).toMatchObject({ name: 'sleep', kept: true });
    expect(after).toMatchObject({ name: 'sleep', kept: true });
    expect((after as { start: number }).start).toBeGreaterThan((before as { start: number }).start);
  });

  it('are listed anew only when a pid was given out', () => {
    const { seen, ended, born, there } = live('steady');
    // Nobody is born between the last three.
    expect((seen as boolean[]).slice(1)).toEqual([false, false, false]);
    expect(ended).toEqual({ gone: 0, listed: false, there: false });
    expect({ born, there }).toEqual({ born: true, there: true });
  });

  it('have the name of their new program at once, also where nothing else says that it is another', () => {
    const { before, after, listed } = live('exec') as Record<string, { name: string; start: number }>;
    expect([before?.name, after?.name, listed]).toEqual(['sh', 'sleep', false]);
    expect(after?.start).toBe(before?.start);
  });

  it('have another parent as soon as theirs has ended, whether it is gone or a zombie', () => {
    expect(live('orphans')).toEqual({ before: [true, true], after: [1, 1], listed: false, zombie: false, hollow: 0 });
  });

  it('are known to hold memory that no file tells of, when their first thread has ended', () => {
    const folder = mkdtempSync(join(tmpdir(), 'psstop-table-'));
    const program = join(folder, 'leaderless');
    const compiled = spawnSync('cc', ['-O2', '-Wall', '-Wextra', '-pthread', '-o', program, LEADERLESS]);
    expect(compiled.status).toBe(0);
    expect(live('leaderless', { program })).toEqual({ there: false, hollow: 1, again: 1, after: 0 });
    rmSync(folder, { recursive: true });
  });

  it('leave no descriptor behind when they live for a moment', () => {
    const { most, left, kept } = live('churn');
    expect(most).toBeGreaterThan(2);
    expect(left).toEqual([1]);
    expect(kept).toEqual(['/proc/1/statm']);
  });

  it('are followed without descriptors where those are few', () => {
    expect(live('short', { descriptors: 190 })).toEqual({ all: 60, kept: 0, left: 40 });
    expect(live('short', { descriptors: 300 })).toEqual({ all: 60, kept: 21, left: 40 });
  });

  it('do not end when descriptors do, and are met when there are some again', () => {
    expect(live('exhausted', { descriptors: 64 })).toEqual({
      during: [true, false],
      listed: [true, false],
      after: [true, true],
    });
  });
});
