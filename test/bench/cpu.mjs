import { readdirSync, readFileSync } from 'node:fs';

/** CPU time of a process and all of its threads so far, ms: the scheduler's own account, in ns (proc_schedstat). */
export function cpuOfProcess(pid) {
  let total = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    total += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]);
  }
  return total / 1e6;
}

/** CPU time of a process with all its living descendants, ms. */
export function cpuOfTree(pid) {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
  return cpuOfProcess(pid) + children.reduce((sum, child) => sum + cpuOfTree(child), 0);
}
