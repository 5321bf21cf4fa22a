import { spawnSync } from 'node:child_process';

const MARK = 'PSSTOP_BENCH_ALONE';
const UNSHARE = ['--user', '--map-root-user', '--pid', '--fork', '--mount-proc', '--kill-child'];

/**
 * Runs this program again in a PID namespace of its own, where /proc shows the bench's processes alone: what else runs on the
 * machine is in no list then. @returns its exit status; undefined inside of it, and where there is no such thing to be had.
 */
export function runAlone() {
  if (process.env[MARK] !== undefined) return undefined;
  if (spawnSync('unshare', [...UNSHARE, 'true']).status !== 0) {
    console.log('unshare(1) gives no PID namespace here: every process of this machine is in the lists');
    return undefined;
  }
  const again = [...UNSHARE, process.execPath, ...process.argv.slice(1)];
  return spawnSync('unshare', again, { stdio: 'inherit', env: { ...process.env, [MARK]: 'yes' } }).status ?? 1;
}
