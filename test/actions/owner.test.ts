import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { containerGroupOf } from '../../src/actions/owner/cgroup.ts';
import { readStat } from '../../src/actions/process/identity.ts';
import restart from '../../src/actions/restart.ts';
import { actionContext, alertEvent, calm, given } from './event.ts';
import { type Programs, programs, running } from './programs.ts';

const ID = '0123456789abcdef'.repeat(4);
const POD = '12345678-9abc-def0-1234-56789abcdef0';
const UNDERLINED = POD.replaceAll('-', '_');

it.each([
  [`/system.slice/docker-${ID}.scope`, 'docker'],
  [`/docker/${ID}`, 'docker'],
  [`/machine.slice/libpod-${ID}.scope/container`, 'podman'],
  [`/system.slice/nerdctl-${ID}.scope`, 'containerd'],
  [`/default/${ID}`, 'containerd'],
  [`/system.slice/crio-${ID}.scope`, 'cri-o'],
  [
    `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${UNDERLINED}.slice/cri-containerd-${ID}.scope`,
    'kubernetes',
  ],
  [`/kubepods.slice/kubepods-pod${UNDERLINED}.slice/crio-${ID}.scope`, 'kubernetes'],
  [`/kubepods/besteffort/pod${POD}/${ID}`, 'kubernetes'],
  [
    `/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod${UNDERLINED}.slice/cri-containerd-${ID}.scope`,
    'kubernetes',
  ],
  ['/lxc.payload.web/system.slice', 'lxc'],
  ['/machine.slice/machine-web.scope', 'systemd-nspawn'],
  ['/system.slice/nginx.service', undefined],
  ['/system.slice/docker.service', undefined],
  [`/machine.slice/libpod-conmon-${ID}.scope`, undefined],
  ['/', undefined],
])('the control group %s belongs to %s', (path, runtime) => {
  const found = containerGroupOf(path);
  expect(found?.runtime).toBe(runtime);
  if (runtime === 'kubernetes') expect(found).toMatchObject({ pod: POD, id: ID });
});

it('the container of a user is told from that of the system', () => {
  const own = `/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${ID}.scope`;
  expect(containerGroupOf(own)).toMatchObject({ runtime: 'podman', rootless: true });
});

/** What the restart of one process says. */
async function restarted(pid: number, options: object = {}, proc = '/proc'): Promise<string> {
  const action = await restart.create(given(options), actionContext({ proc }));
  const processes = [{ pid, start: readStat('/proc', pid)?.start ?? 0, name: 'app' }];
  const event = alertEvent({ target: { unit: 'manager.service', by: 'process', processes, count: 1 } });
  return action.run(event, calm()).catch(String);
}

describe('a container', () => {
  let place: Programs;
  let child: ChildProcess;
  beforeAll(() => {
    place = programs();
  });
  afterAll(() => place.remove());
  afterEach(() => child.kill('SIGKILL'));

  /** A /proc with one process in a control group, and docker's main process (pid 1) in another. */
  function procWith(cgroup: string, main = cgroup): string {
    child = spawn('sleep', ['30']);
    const proc = mkdtempSync(join(tmpdir(), 'psstop-owner-'));
    onTestFinished(() => rmSync(proc, { recursive: true }));
    for (const [pid, path] of [
      [child.pid, cgroup],
      [1, main],
    ] as const) {
      mkdirSync(join(proc, String(pid)));
      writeFileSync(join(proc, String(pid), 'cgroup'), `0::${path}\n`);
    }
    writeFileSync(join(proc, String(child.pid), 'stat'), readFileSync(`/proc/${child.pid}/stat`));
    return proc;
  }
  const docker = (proc: string): object => {
    const script = `echo "$*" >> ${place.folder}/calls; case $1 in inspect) echo 1 ;; restart) rm ${proc}/${child.pid}/stat ;; esac`;
    return { programs: { docker: place.script('docker', script) } };
  };

  it('of docker is restarted by docker', async () => {
    const proc = procWith(`/system.slice/docker-${ID}.scope`);
    expect(await restarted(child.pid ?? 0, docker(proc), proc)).toBe(
      'docker restarted its container 0123456789ab; 1 of 1 processes were replaced',
    );
    expect(readFileSync(join(place.folder, 'calls'), 'utf8')).toBe(
      `inspect --format {{.State.Pid}} ${ID}\nrestart ${ID}\n`,
    );
    rmSync(join(place.folder, 'calls'));
  });

  it('is not restarted for a process that only has the name of its group', async () => {
    const proc = procWith(`/evil.slice/docker-${ID}.scope`, `/system.slice/docker-${ID}.scope`);
    expect(await restarted(child.pid ?? 0, docker(proc), proc)).toMatch(/is not in docker's container .* same name$/);
    expect(readFileSync(join(place.folder, 'calls'), 'utf8')).not.toContain('restart');
  });

  it.each([
    [
      `/kubepods/besteffort/pod${POD}/${ID}`,
      new RegExp(`belongs to Kubernetes \\(pod ${POD}\\): it is left to the kubelet; .*resources.limits.memory`),
    ],
    [
      `/system.slice/crio-${ID}.scope`,
      /belongs to cri-o \(container .*\): it is left alone; write restart: \{ command: /,
    ],
    [`/user.slice/user-1.slice/user@1.service/docker-${ID}.scope`, /belongs to a user's own docker/],
  ])('in %s is left alone, with a word of what to do', async (path, word) => {
    const proc = procWith(path);
    expect(await restarted(child.pid ?? 0, {}, proc)).toMatch(word);
  });
});

const has = (program: string): boolean =>
  (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, program)));

/** The number in a file, once it is there. */
async function pidIn(file: string): Promise<number> {
  for (let tries = 0; tries < 300; tries += 1) {
    const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
    if (pid > 0) return pid;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${file} never held a pid`);
}

describe.skipIf(!has('pm2'))('pm2', () => {
  it('restarts the one app, and no other', { timeout: 120_000 }, async () => {
    const home = mkdtempSync(join(tmpdir(), 'psstop-pm2-'));
    const env = { ...process.env, PM2_HOME: home };
    const pm2 = (...args: string[]): Buffer =>
      execFileSync('pm2', args, { env, cwd: home, stdio: ['ignore', 'pipe', 'pipe'] });
    onTestFinished(() => {
      pm2('kill');
      rmSync(home, { recursive: true });
    });
    const script = join(home, 'app.js');
    writeFileSync(script, 'setInterval(() => {}, 1000);\n');
    pm2('start', script, '--name', 'leaky');
    pm2('start', script, '--name', 'other', '-f');
    const [leaky, other] = [await pidIn(join(home, 'pids/leaky-0.pid')), await pidIn(join(home, 'pids/other-1.pid'))];
    expect(await restarted(leaky)).toBe('pm2 restarted its app 0; 1 of 1 processes were replaced');
    expect(running(leaky)).toBe(false);
    expect(await pidIn(join(home, 'pids/other-1.pid'))).toBe(other);
    expect(running(other)).toBe(true);
    expect(readdirSync(join(home, 'pids'))).toHaveLength(2);
  });
});

describe.skipIf(!has('supervisord') || !has('supervisorctl'))('supervisor', () => {
  it('restarts the one program, and no other', { timeout: 60_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'psstop-supervisor-'));
    const program = (name: string): string =>
      `[program:${name}]\ncommand=/bin/sh -c 'echo $$ > ${folder}/${name}.pid; exec sleep 60'\nstartsecs=0\n`;
    const configuration = join(folder, 'supervisord.conf');
    writeFileSync(
      configuration,
      `[unix_http_server]\nfile=${folder}/socket\n[supervisord]\nlogfile=${folder}/log\npidfile=${folder}/pid\nnodaemon=true\n` +
        '[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\n' +
        `[supervisorctl]\nserverurl=unix://${folder}/socket\n${program('leaky')}${program('other')}`,
    );
    const daemon = spawn('supervisord', ['-c', configuration], { stdio: 'ignore' });
    onTestFinished(async () => {
      daemon.kill('SIGTERM');
      await new Promise((resolve) => daemon.once('exit', resolve));
      rmSync(folder, { recursive: true });
    });
    const [leaky, other] = [await pidIn(join(folder, 'leaky.pid')), await pidIn(join(folder, 'other.pid'))];
    expect(await restarted(leaky)).toBe('supervisor restarted leaky; 1 of 1 processes were replaced');
    expect(running(leaky)).toBe(false);
    expect(running(other)).toBe(true);
  });
});
