import { execFile, execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const NAMESPACE = ['--pid', '--fork', '--kill-child', '--mount-proc'];

/** Whether this user may make pid namespaces and choose pids in them. */
function mayChoosePids(): boolean {
  try {
    execFileSync('unshare', [...NAMESPACE, 'sh', '-c', 'echo 100 > /proc/sys/kernel/ns_last_pid'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!mayChoosePids())('a process whose pid another one has got', () => {
  it('is gone: the other one is neither signalled nor restarted', { timeout: 60_000 }, async () => {
    const script = fileURLToPath(new URL('./programs/pid-reuse.mjs', import.meta.url));
    const { stdout } = await promisify(execFile)(
      'unshare',
      [...NAMESPACE, 'sh', '-c', '"$0" "$1"; exit $?', process.execPath, script],
      {
        timeout: 50_000,
        killSignal: 'SIGKILL',
      },
    );
    const rounds = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rounds).toHaveLength(5);
    for (const round of rounds) {
      expect(round).toEqual({
        samePid: true,
        held: 'gone',
        bare: 'gone',
        signal: expect.stringMatching(/^Skip: victim \(\d+\): already gone$/),
        restart: expect.stringMatching(/^Skip: already gone or restarted: victim/),
        spared: true,
        meant: expect.stringMatching(/^victim \(\d+\): KILL, ended$/),
      });
    }
  });
});
