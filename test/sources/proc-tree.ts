import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A made-up process. Sizes are kB, as in /proc; whatever is left out gets a sensible value. */
export interface TreeProcess {
  pid: number;
  /** Written raw between the brackets of stat. */
  comm?: string | Uint8Array;
  state?: string;
  ppid?: number;
  /** Clock ticks after boot. */
  start?: number;
  uid?: number;
  /** 0 makes a kernel thread. */
  vsize?: number;
  rss?: number;
  pss?: number;
  swapPss?: number;
  uss?: number;
  /** Arguments; `fifo`: opening it blocks. */
  cmdline?: readonly (string | Uint8Array)[] | 'fifo';
  exe?: string;
  /** The lines of /proc/PID/cgroup; a path alone stands for a v2 line. */
  cgroup?: string;
  /**
   * `fifo`: opening it blocks, as with a process that holds its own memory lock; `unreadable`: reading it fails, even for root;
   * `absent`: a kernel before 4.14; any other text: its content.
   */
  rollup?: 'fifo' | 'unreadable' | 'absent' | { text: string | Uint8Array };
  /** Content of smaps. */
  smaps?: string;
}

/** Figures of the made-up host, kB. */
export interface TreeHost {
  total?: number;
  available?: number;
  anon?: number;
  mapped?: number;
  swapTotal?: number;
  swapFree?: number;
  /** Seconds. */
  uptime?: number;
  boot?: string;
  hostname?: string;
}

/** A folder that looks like /proc to the reader, in the temp folder. */
export interface ProcTree {
  readonly root: string;
  readonly cgroupRoot: string;
  readonly passwd: string;
  /** Adds a process, or replaces the one with this pid. */
  add(process: TreeProcess): void;
  remove(pid: number): void;
  host(host: TreeHost): void;
  /** Writes any file below the tree: `proc/…`, `cgroup/…`. */
  write(path: string, content: string | Uint8Array): void;
  /** Deletes the tree. */
  dispose(): void;
}

/** Makes an empty tree with a host of 16 GiB. */
export function procTree(): ProcTree {
  const base = mkdtempSync(join(tmpdir(), 'psstop-tree-'));
  const write = (path: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(base, path)), { recursive: true });
    writeFileSync(join(base, path), content);
  };
  const folder = (pid: number) => join(base, 'proc', String(pid));
  const tree: ProcTree = {
    root: join(base, 'proc'),
    cgroupRoot: join(base, 'cgroup'),
    passwd: join(base, 'passwd'),
    write,
    add(process) {
      rmSync(folder(process.pid), { recursive: true, force: true });
      addProcess(base, process, write);
    },
    remove: (pid) => rmSync(folder(pid), { recursive: true, force: true }),
    host: (host) => addHost(host, write),
    dispose: () => rmSync(base, { recursive: true, force: true }),
  };
  mkdirSync(tree.cgroupRoot);
  write('passwd', 'root:x:0:0:root:/root:/bin/sh\nwww:x:33:33::/var/www:/bin/false\nmallory:x:1666:1666::/:/bin/sh\n');
  tree.host({});
  return tree;
}

/** The text of smaps_rollup, in the kernel's own form. */
export function rollupText({ rss = 1000, pss = 500, swapPss = 0, uss = 400 }: Partial<TreeProcess> = {}): string {
  const figures = {
    Rss: rss,
    Pss: pss,
    Pss_Dirty: Math.floor(uss / 2),
    Pss_Anon: Math.min(uss, pss),
    Pss_File: pss - Math.min(uss, pss),
    Pss_Shmem: 0,
    Shared_Clean: Math.max(0, rss - uss),
    Shared_Dirty: 0,
    Private_Clean: 0,
    Private_Dirty: uss,
    Referenced: rss,
    Anonymous: uss,
    KSM: 0,
    LazyFree: 0,
    AnonHugePages: 0,
    ShmemPmdMapped: 0,
    FilePmdMapped: 0,
    Shared_Hugetlb: 0,
    Private_Hugetlb: 0,
    Swap: swapPss,
    SwapPss: swapPss,
    Locked: 0,
  };
  const lines = Object.entries(figures).map(([name, kb]) => `${`${name}:`.padEnd(16)}${String(kb).padStart(8)} kB`);
  return `55d514dc9000-7ffc0c415000 ---p 00000000 00:00 0                          [rollup]\n${lines.join('\n')}\n`;
}

/** The text of stat (52 fields), with comm raw. */
export function statText(process: TreeProcess): Buffer {
  const { pid, comm = 'program', state = 'S', ppid = 1, start = 1000, vsize = 10_240_000, rss = 1000 } = process;
  const pages = Math.floor(rss / 4);
  const rest = ` ${state} ${ppid} ${pid} ${pid} 0 -1 4194560 100 0 0 0 1 2 0 0 20 0 1 0 ${start} ${vsize} ${pages} 18446744073709551615${' 0'.repeat(27)}\n`;
  return Buffer.concat([Buffer.from(`${pid} (`), Buffer.from(comm), Buffer.from(`)${rest}`)]);
}

type Write = ProcTree['write'];

function addProcess(base: string, process: TreeProcess, write: Write): void {
  const { pid, uid = 0, comm = 'program', cgroup = '/' } = process;
  const at = `proc/${pid}`;
  write(`${at}/stat`, statText(process));
  write(`${at}/comm`, Buffer.concat([Buffer.from(comm), Buffer.from('\n')]));
  write(
    `${at}/status`,
    `Name:\tprogram\nUmask:\t0022\nPid:\t${pid}\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\nGid:\t0\t0\t0\t0\n`,
  );
  write(`${at}/cgroup`, cgroup.includes(':') ? cgroup : `0::${cgroup}\n`);
  const { cmdline = [] } = process;
  if (cmdline === 'fifo') execFileSync('mkfifo', [join(base, at, 'cmdline')]);
  else write(`${at}/cmdline`, Buffer.concat(cmdline.flatMap((argument) => [Buffer.from(argument), Buffer.of(0)])));
  if (process.exe !== undefined) symlinkSync(process.exe, join(base, at, 'exe'));
  addMemory(base, process, write);
}

function addMemory(base: string, process: TreeProcess, write: Write): void {
  const { pid, rss = 1000, vsize = 10_240_000, rollup, smaps } = process;
  const at = `proc/${pid}`;
  // Of kernel threads and zombies the kernel writes zeros, and nothing.
  const hasMemory = vsize > 0 && process.state !== 'Z';
  const pages = hasMemory ? `${Math.floor(vsize / 4096)} ${Math.floor(rss / 4)} 100 10 0 200 0` : '0 0 0 0 0 0 0';
  write(`${at}/statm`, `${pages}\n`);
  if (smaps !== undefined) write(`${at}/smaps`, smaps);
  const file = `${at}/smaps_rollup`;
  if (rollup === 'fifo') execFileSync('mkfifo', [join(base, file)]);
  else if (rollup === 'unreadable') mkdirSync(join(base, file));
  else if (rollup !== 'absent') write(file, rollup?.text ?? (hasMemory ? rollupText(process) : ''));
}

function addHost(host: TreeHost, write: Write): void {
  const {
    total = 16_777_216,
    available = 8_388_608,
    anon = 4_194_304,
    mapped = 1_048_576,
    swapTotal = 0,
    swapFree = 0,
  } = host;
  const figures = {
    MemTotal: total,
    MemFree: 1024,
    MemAvailable: available,
    SwapTotal: swapTotal,
    SwapFree: swapFree,
    AnonPages: anon,
    Mapped: mapped,
  };
  write(
    'proc/meminfo',
    Object.entries(figures)
      .map(([name, kb]) => `${`${name}:`.padEnd(16)}${String(kb).padStart(8)} kB\n`)
      .join(''),
  );
  write('proc/uptime', `${(host.uptime ?? 5000).toFixed(2)} 1234.00\n`);
  write('proc/sys/kernel/random/boot_id', `${host.boot ?? '11111111-2222-3333-4444-555555555555'}\n`);
  write('proc/sys/kernel/hostname', `${host.hostname ?? 'fixture'}\n`);
  write(
    'proc/pressure/memory',
    'some avg10=1.50 avg60=0.70 avg300=0.10 total=12345\nfull avg10=0.50 avg60=0.25 avg300=0.00 total=999\n',
  );
}
