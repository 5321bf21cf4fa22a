import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The container that a control group belongs to, by the names that runtimes give their groups. */
export interface ContainerGroup {
  readonly runtime: 'docker' | 'podman' | 'kubernetes' | 'containerd' | 'cri-o' | 'lxc' | 'systemd-nspawn';
  /** 64 hex digits, or the runtime's own name for it. */
  readonly id: string;
  /** Kubernetes' uid of the pod. */
  readonly pod?: string;
  /** Run by a user, in that user's own part of the hierarchy. */
  readonly rootless: boolean;
}

const ID = '([0-9a-f]{64})';
const POD = /kubepods[^/]*\/(?:.*\/)?(?:[^/]*kubepods[^/]*-)?pod([0-9a-f_-]{32,36})(?:\.slice)?(?:\/|$)/;
/** Group names of docker, podman, containerd (nerdctl) and cri-o with the systemd and the cgroupfs driver; of LXC and systemd-nspawn. */
const RUNTIMES: readonly (readonly [ContainerGroup['runtime'], RegExp])[] = [
  ['docker', new RegExp(String.raw`/docker-${ID}\.scope(?:/|$)|/docker/${ID}(?:/|$)`)],
  ['podman', new RegExp(String.raw`/libpod-${ID}(?:\.scope)?(?:/|$)|/libpod_parent/libpod-${ID}(?:/|$)`)],
  ['containerd', new RegExp(String.raw`/(?:nerdctl|cri-containerd)-${ID}\.scope(?:/|$)|/default/${ID}(?:/|$)`)],
  ['cri-o', new RegExp(String.raw`/crio-${ID}(?:\.scope)?(?:/|$)`)],
  ['lxc', /\/lxc(?:\.payload[./]|\/)([^/]+)/],
  ['systemd-nspawn', /\/machine-([^/]+)\.scope(?:\/|$)|\/systemd-nspawn@([^/]+)\.service(?:\/|$)/],
];

/** Says which container a path in the cgroup hierarchy belongs to, if to any. */
export function containerGroupOf(path: string): ContainerGroup | undefined {
  const rootless = /\/user@\d+\.service(?:\/|$)/.test(path);
  const pod = POD.exec(path)?.[1]?.replaceAll('_', '-');
  if (pod !== undefined) return { runtime: 'kubernetes', id: new RegExp(ID).exec(path)?.[1] ?? '', pod, rootless };
  for (const [runtime, pattern] of RUNTIMES) {
    const id = pattern.exec(path)?.slice(1).find(Boolean);
    if (id !== undefined) return { runtime, id, rootless };
  }
  return undefined;
}

/** All control groups of a process (cgroups(7)). @returns none when it is gone. */
export function groupsOf(proc: string, pid: number): string[] {
  let text: string;
  try {
    text = readFileSync(join(proc, String(pid), 'cgroup'), 'utf8');
  } catch {
    return [];
  }
  return [...text.matchAll(/^\d+:[^:\n]*:(\/.*)$/gm)].flatMap(([, path]) => (path === undefined ? [] : [path]));
}
