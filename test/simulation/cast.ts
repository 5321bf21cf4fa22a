/** Who lives on the simulated host. */

/** What a process may do in a step, each with its own chance. */
export type Deed =
  | 'grow'
  | 'growHuge'
  | 'shrink'
  | 'write'
  | 'writtenByOthers'
  | 'touch'
  | 'drop'
  | 'extend'
  | 'truncate'
  | 'attach'
  | 'detach'
  | 'save'
  | 'exec'
  | 'exit'
  | 'renew';

/** A kind of process. Sizes are pages. */
export interface Role {
  readonly name: string;
  readonly cgroup: string;
  readonly uid: number;
  /** How many there should be. */
  readonly count: number;
  /** They are forked from a process of this role; else begun afresh. */
  readonly from?: string;
  /** They share the address space of the process that they are forked from (CLONE_VM). */
  readonly sharesSpace?: boolean;
  /** Private memory to begin with. */
  readonly size: number;
  /** Pages of one deed, at most. */
  readonly stride: number;
  /** Files that it maps, and a segment of shared memory. */
  readonly files: readonly string[];
  readonly segment?: string;
  /** It ends when it has more anonymous memory than this. */
  readonly most?: number;
  /** Its memory may not be read. */
  readonly denied?: boolean;
  readonly deeds: Readonly<Partial<Record<Deed, number>>>;
}

const MIB = 256;
const QUIET = { write: 0.02, touch: 0.1 };
const CONTAINER = `docker-${'0123456789abcdef'.repeat(4)}.scope`;

/** A small server with everything that makes PSS hard: prefork pools, a database with a segment, snapshots by fork, virtual machines with merged pages, leaks, jobs. */
export const CAST: readonly Role[] = [
  service('init', { size: 1 * MIB, stride: 8, files: ['libc'], deeds: QUIET }),
  service('nginx', { size: 24 * MIB, stride: 16, files: ['libc', 'nginx', 'libssl'], deeds: { write: 0.05 } }),
  service('nginx-worker', {
    ...pool('nginx', { count: 6, uid: 33 }),
    deeds: { write: 0.25, grow: 0.1, shrink: 0.1, touch: 0.1, exit: 0.01 },
  }),
  service('fpm', {
    size: 40 * MIB,
    stride: 64,
    files: ['libc', 'php'],
    deeds: { write: 0.05, touch: 0.1, exec: 0.002 },
  }),
  service('fpm-pool', {
    ...pool('fpm', { count: 9, uid: 33 }),
    stride: 6 * MIB,
    most: 70 * MIB,
    deeds: { write: 0.3, grow: 0.3, shrink: 0.1, touch: 0.2, exit: 0.08 },
  }),
  service('postgres', {
    size: 6 * MIB,
    stride: 64,
    files: ['libc', 'postgres'],
    segment: 'buffers',
    uid: 101,
    deeds: { touch: 0.5, extend: 0.12, truncate: 0.05 },
  }),
  service('postgres-client', {
    ...pool('postgres', { count: 8, uid: 101 }),
    segment: 'buffers',
    stride: 4 * MIB,
    deeds: { attach: 0.2, touch: 0.7, write: 0.3, grow: 0.2, shrink: 0.2, detach: 0.02, exit: 0.05 },
  }),
  service('redis', {
    size: 180 * MIB,
    stride: 8 * MIB,
    files: ['libc'],
    uid: 102,
    most: 320 * MIB,
    deeds: { write: 0.5, grow: 0.1, shrink: 0.06, save: 0.08, writtenByOthers: 0.05 },
  }),
  service('java', {
    size: 300 * MIB,
    stride: 24 * MIB,
    files: ['libc', 'jvm'],
    uid: 103,
    most: 520 * MIB,
    deeds: { growHuge: 0.3, shrink: 0.3, write: 0.2, touch: 0.1 },
  }),
  service('leaky', {
    size: 10 * MIB,
    stride: 3 * MIB,
    files: ['libc'],
    uid: 104,
    most: 120 * MIB,
    deeds: { grow: 0.6 },
  }),
  {
    ...service('qemu', { size: 90 * MIB, stride: 10 * MIB, files: ['libc'], count: 3, uid: 105, most: 160 * MIB }),
    cgroup: '/machine.slice/libvirt.scope',
    deeds: { write: 0.3, growHuge: 0.15, shrink: 0.1, writtenByOthers: 0.1 },
  },
  {
    ...session('browser', { size: 60 * MIB, count: 1 }),
    segment: 'frames',
    deeds: { write: 0.2, extend: 0.2, touch: 0.4 },
  },
  {
    ...session('browser-renderer', { size: 0, count: 8 }),
    from: 'browser',
    segment: 'frames',
    stride: 12 * MIB,
    most: 140 * MIB,
    deeds: {
      grow: 0.35,
      growHuge: 0.05,
      shrink: 0.25,
      write: 0.3,
      touch: 0.3,
      truncate: 0.05,
      attach: 0.1,
      exit: 0.03,
      renew: 0.01,
    },
  },
  { ...session('shell', { size: 1 * MIB, count: 12 }), deeds: { ...QUIET, exec: 0.01, exit: 0.01 } },
  { ...session('twin', { size: 20 * MIB, count: 1 }), deeds: { grow: 0.1, shrink: 0.1, write: 0.1 } },
  {
    ...session('twin-other', { size: 0, count: 1 }),
    from: 'twin',
    sharesSpace: true,
    deeds: { grow: 0.1, exit: 0.02 },
  },
  {
    ...service('app', { size: 30 * MIB, stride: 5 * MIB, files: ['libc', 'node'], count: 2, uid: 1000 }),
    cgroup: `/system.slice/${CONTAINER}`,
    deeds: { grow: 0.2, shrink: 0.2, touch: 0.2, exit: 0.005, drop: 0.05 },
  },
  service('job', {
    size: 4 * MIB,
    stride: 4 * MIB,
    files: ['libc'],
    count: 4,
    deeds: { grow: 0.4, exit: 0.25, renew: 0.1 },
  }),
  service('agent', {
    size: 8 * MIB,
    stride: 16,
    files: ['libc'],
    count: 1,
    uid: 106,
    denied: true,
    deeds: { grow: 0.05, shrink: 0.05 },
  }),
];

type Given = Partial<Role> & Pick<Role, 'size'>;

function service(name: string, role: Given): Role {
  const unit = (role.from ?? name).replace(/-.*/, '');
  return {
    name,
    cgroup: name === 'init' ? '/init.scope' : `/system.slice/${unit}.service`,
    uid: 0,
    count: 1,
    stride: 16,
    files: [],
    deeds: {},
    ...role,
  };
}

function pool(from: string, role: { count: number; uid: number }): Given & Pick<Role, 'from'> {
  return { from, size: 0, stride: 2 * MIB, files: [], ...role };
}

function session(name: string, role: Given): Role {
  const cgroup = '/user.slice/user-1000.slice/session-2.scope';
  return { ...service(name, { stride: 2 * MIB, files: ['libc', 'desktop'], uid: 1000, ...role }), cgroup };
}
