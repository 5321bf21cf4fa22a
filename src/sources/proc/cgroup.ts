/** Where a process stands in the cgroup hierarchies (cgroups(7), /proc/PID/cgroup). */
export interface Cgroup {
  /** v2's path; where that is the root (hybrid), systemd's of v1, else the memory controller's. */
  readonly path: string;
  /** The path that limits its memory, and in which hierarchy. */
  readonly memory: { readonly path: string; readonly version: 1 | 2 };
}

/** Reads the lines `id:controllers:path` of v1, v2 and hybrid systems. Anything else in the text is passed over. */
export function parseCgroup(text: string): Cgroup {
  const paths = new Map<string, string>();
  for (const [, controllers = '', path = ''] of text.matchAll(LINE)) {
    for (const controller of controllers.split(',')) paths.set(controller, path);
  }
  const [unified, systemd, memory] = [paths.get(''), paths.get('name=systemd'), paths.get('memory')];
  const path = [unified, systemd, memory].find((candidate) => candidate !== undefined && candidate !== '/') ?? '/';
  if (memory !== undefined) return { path, memory: { path: memory, version: 1 } };
  return { path, memory: { path: unified ?? '/', version: 2 } };
}

const KEPT = 4096;
const parsed = new Map<string, Cgroup>();

/** parseCgroup, remembered: many processes share a cgroup. */
export function cgroupOf(text: string): Cgroup {
  let found = parsed.get(text);
  if (found !== undefined) return found;
  found = parseCgroup(text);
  if (parsed.size >= KEPT) parsed.clear();
  parsed.set(text, found);
  return found;
}

const LINE = /^\d+:([^:\n]*):(\/.*)$/gm;
const UNIT = /\.(?:service|scope|socket|mount|swap)$/;

/** The innermost systemd unit of a path: `user@1000.service/app.slice/foo.service` is foo.service. Slices only hold units. */
export function unitOf(path: string): string | undefined {
  const part = path.split('/').findLast((name) => UNIT.test(name));
  // systemd puts "_" before a unit name that the kernel would take for a file of its own (cg_escape()).
  return part?.startsWith('_') ? part.slice(1) : part;
}

/** 64 hex digits after docker-, libpod-, crio-, cri-containerd: or nothing. The `conmon` of an id is its monitor, outside of it. */
const ID = /(?:^|[-:])([0-9a-f]{64})(?:\.scope)?$/;
const MONITOR = /(?:^|-)conmon-[0-9a-f]{64}/;
const LXC = /\/lxc(?:\/|\.payload[./])([^/]+)/;
const NSPAWN = /\/machine-([^/]+)\.scope(?:\/|$)|\/systemd-nspawn@([^/]+)\.service(?:\/|$)/;

/** The innermost container of a path: docker, podman, containerd, cri-o and Kubernetes by id, LXC and systemd-nspawn by name. */
export function containerOf(path: string): string | undefined {
  if (path === '/') return undefined;
  if (MONITOR.test(path)) return undefined;
  for (const part of path.split('/').reverse()) {
    const id = ID.exec(part)?.[1];
    if (id !== undefined) return id;
  }
  const machine = NSPAWN.exec(path);
  const name = LXC.exec(path)?.[1] ?? machine?.[1] ?? machine?.[2];
  return name?.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** What a path tells about systemd and containers. */
export interface Belonging {
  readonly unit: string | undefined;
  readonly container: string | undefined;
}

const known = new Map<string, Belonging>();

/** unitOf and containerOf, remembered: many processes share a path. */
export function belonging(path: string): Belonging {
  let found = known.get(path);
  if (found !== undefined) return found;
  found = { unit: unitOf(path), container: containerOf(path) };
  if (known.size >= KEPT) known.clear();
  known.set(path, found);
  return found;
}
