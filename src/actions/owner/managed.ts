import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { EventProcess } from '../../core/types.ts';
import { type Asking, ask, cmdlineOf } from './ask.ts';
import type { ContainerGroup } from './cgroup.ts';
import { groupsOf } from './cgroup.ts';
import type { Manager } from './owner.ts';

const ASK = 20_000;

/** A process that its owner is to restart. */
export interface Request {
  readonly member: EventProcess;
  readonly asking: Asking;
  /** ms. */
  readonly wait: number;
}

/** Has pm2 restart one app. Which it is stands in its folder of pid files: asking for its list would bring the secrets of all. */
export async function byPm2(manager: Manager, { member, asking, wait }: Request): Promise<string> {
  const title = (await cmdlineOf(manager.pid, asking)).join(' ');
  const home = /God Daemon \((\/.*)\)/.exec(title)?.[1];
  if (home === undefined) throw new Error(`pm2 (${manager.pid}) does not tell where its folder is: ${title}`);
  const id = pm2Id(home, member.pid);
  const env = { PM2_HOME: home, HOME: dirname(home) };
  await ask({ name: 'pm2', args: ['restart', id], env, as: manager, timeout: wait }, asking);
  return `pm2 restarted its app ${id}`;
}

function pm2Id(home: string, pid: number): string {
  const folder = join(home, 'pids');
  for (const file of readdirSync(folder)) {
    const id = /-(\d{1,9})\.pid$/.exec(file)?.[1];
    if (id !== undefined && Number(readFileSync(join(folder, file), 'utf8')) === pid) return id;
  }
  throw new Error(`pm2 has no app with the process ${pid} in ${folder}: restart its parent instead`);
}

/** Has supervisor restart one program. */
export async function bySupervisor(manager: Manager, { member, asking, wait }: Request): Promise<string> {
  const started = await cmdlineOf(manager.pid, asking);
  const flag = started.findIndex((argument) => argument === '-c' || argument === '--configuration');
  const file =
    flag >= 0 ? started[flag + 1] : started.find((argument) => argument.startsWith('--configuration='))?.slice(16);
  const configuration = file === undefined ? [] : ['-c', file];
  const call = { name: 'supervisorctl', as: manager } as const;
  const status = await ask({ ...call, args: [...configuration, 'status'], timeout: ASK, anyCode: true }, asking);
  const line = status.split('\n').find((text) => new RegExp(`\\bpid ${member.pid},`).test(text));
  const name = line?.split(/\s/, 1)[0];
  if (name === undefined || name.startsWith('-'))
    throw new Error(`supervisor has no program with the process ${member.pid}: ${status}`);
  await ask({ ...call, args: [...configuration, 'restart', name], timeout: wait }, asking);
  return `supervisor restarted ${name}`;
}

/**
 * Has docker or podman restart one container. Any user can call a control group as he likes: the main process of the real
 * container must be in the same one.
 */
export async function byRuntime(
  { runtime, id }: ContainerGroup & { readonly runtime: 'docker' | 'podman' },
  { member, asking, wait }: Request,
): Promise<string> {
  const inspect = ['inspect', '--format', '{{.State.Pid}}', id];
  const main = Number(await ask({ name: runtime, args: inspect, timeout: ASK }, asking));
  const [theirs, ours] = [groupsOf(asking.proc, main), groupsOf(asking.proc, member.pid)];
  const same = ours.some(
    (path) => path.includes(id) && theirs.some((other) => path === other || path.startsWith(`${other}/`)),
  );
  if (!same)
    throw new Error(
      `${member.name} (${member.pid}) is not in ${runtime}'s container ${id}, but in a group of the same name`,
    );
  await ask({ name: runtime, args: ['restart', id], timeout: wait }, asking);
  return `${runtime} restarted its container ${id.slice(0, 12)}`;
}
