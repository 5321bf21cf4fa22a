import { readlinkSync } from 'node:fs';
import type { ExactReading, ProcessInfo } from '../../core/types.ts';
import { belonging, type Cgroup, parseCgroup } from './cgroup.ts';
import type { ReadJob, ReadOutcome } from './client.ts';
import { readFile, readText, text } from './files.ts';
import { BIG, FIELD, NAME_ONLY, WANT_CMDLINE } from './layout.ts';
import type { Machine } from './machine.ts';
import { decodeText, processName } from './names.ts';
import type { Stat } from './stat.ts';

/** What is filled in beside pid, start, parent and name. What is left out is empty text, and -1 for the uid. */
export interface Details {
  readonly cmdline: boolean;
  readonly cgroup: boolean;
  readonly exe: boolean;
  readonly user: boolean;
  readonly ceiling: boolean;
}

/** One process as it is followed from snapshot to snapshot; it is its own job for the reader. */
export interface Entry extends ReadJob {
  readonly start: number;
  readonly startedAt: number;
  flags: number;
  rss: number;
  ppid: number;
  /** Binary strings, see names.ts. */
  comm: string;
  cmdline: string | undefined;
  exe: string | undefined;
  uid: number;
  cgroup: Cgroup | undefined;
  /** Uptime when the slow-changing files are looked at again. */
  checkAt: number;
  /** Number of the snapshot it was last seen in. */
  seen: number;
  /** Handed to the reader and not answered yet, perhaps since an earlier snapshot. */
  asked: boolean;
  outcome: ReadOutcome | 'postponed' | undefined;
  exact: ExactReading | undefined;
  /** When `exact` was read, on the monotonic clock. */
  readAt: number;
  info: ProcessInfo | undefined;
}

/** What making and filling entries needs to know. */
export interface EntryContext {
  readonly root: string;
  readonly machine: Machine;
  readonly details: Details;
  /** Uptime of the snapshot, ms. */
  uptime: number;
  user(uid: number): string;
  /** What to add to the reader's clock to get the uptime, ms. */
  offset(): number;
  settled(entry: Entry, outcome: ReadOutcome, took: number): void;
}

const BIG_RSS = 64 * 2 ** 20;
const COMM_MAX = 15;
const KIB = 1024;
const FIRST_CHECK = 1_000;
const LAST_CHECK = 300_000;

/** Makes the entry of a process met for the first time, from the stat file in the shared buffer. */
export function newEntry(pid: number, stat: Stat, context: EntryContext): Entry {
  const entry: Entry = {
    pid,
    start: stat.start,
    startedAt: (stat.start / context.machine.ticks) * 1e3,
    flags: 0,
    rss: 0,
    ppid: stat.ppid,
    comm: '',
    cmdline: undefined,
    exe: undefined,
    uid: -1,
    cgroup: undefined,
    checkAt: 0,
    seen: 0,
    asked: false,
    outcome: undefined,
    exact: undefined,
    readAt: Number.NEGATIVE_INFINITY,
    info: undefined,
    settle: (outcome, fields, line) => settle(entry, { outcome, fields, line }, context),
  };
  return entry;
}

/** Brings an entry up to date from the stat file in the shared buffer, and from the slow-changing files when they are due. */
export function updateEntry(entry: Entry, stat: Stat, context: EntryContext): void {
  const { machine, uptime } = context;
  entry.rss = stat.rss * machine.page;
  const renamed = !sameBytes(entry.comm, stat);
  if (renamed || entry.ppid !== stat.ppid) entry.info = undefined;
  entry.ppid = stat.ppid;
  if (renamed) entry.comm = text.toString('latin1', stat.commBegin, stat.commEnd);
  const due = renamed || uptime >= entry.checkAt;
  if (due) {
    checkFiles(entry, context);
    // Twice as late each time while it is young, then every five minutes or so; not all at the same moment.
    const wait = Math.min(Math.max(uptime - entry.startedAt, FIRST_CHECK), LAST_CHECK);
    entry.checkAt = uptime + wait * (0.75 + (entry.pid % 64) / 128);
  }
  const wanted = due && (context.details.cmdline || entry.comm.length === COMM_MAX);
  entry.flags = (entry.rss >= BIG_RSS ? BIG : 0) | (wanted ? WANT_CMDLINE : 0) | (entry.flags & WANT_CMDLINE);
}

/** The same object as long as nothing in it changed. */
export function infoOf(entry: Entry, context: EntryContext): ProcessInfo {
  entry.info ??= makeInfo(entry, context);
  return entry.info;
}

/** The real uid from status: the owner of the folder would be wrong for processes that may not be dumped. @returns -1 when unknown. */
export function readUid(root: string, pid: number): number {
  const length = readFile(`${root}/${pid}/status`);
  const uid = length < 0 ? undefined : /\nUid:\t(\d{1,10})\t/.exec(text.toString('latin1', 0, length))?.[1];
  return uid === undefined ? -1 : Number(uid);
}

function makeInfo(entry: Entry, { details, user }: EntryContext): ProcessInfo {
  const { exe, cmdline, uid } = entry;
  const cgroup = entry.cgroup?.path ?? '';
  const info: Mutable<ProcessInfo> = {
    pid: entry.pid,
    start: entry.start,
    startedAt: entry.startedAt,
    ppid: entry.ppid,
    name: processName(entry.comm, cmdline),
    uid,
    user: details.user && uid >= 0 ? user(uid) : '',
    cgroup,
  };
  if (exe !== undefined) info.exe = exe;
  if (details.cmdline && cmdline !== undefined) info.cmdline = commandLine(cmdline);
  if (cgroup === '') return info;
  const { unit, container } = belonging(cgroup);
  if (unit !== undefined) info.unit = unit;
  if (container !== undefined) info.container = container;
  return info;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** These never take a memory lock, so the daemon reads them itself. */
function checkFiles(entry: Entry, { root, details }: EntryContext): void {
  if (details.user) change(entry, 'uid', readUid(root, entry.pid));
  if (details.exe) change(entry, 'exe', readExe(`${root}/${entry.pid}/exe`));
  if (!details.cgroup && !details.ceiling) return;
  const lines = readText(`${root}/${entry.pid}/cgroup`);
  if (lines === undefined) return;
  const cgroup = parseCgroup(lines);
  if (cgroup.path === entry.cgroup?.path && cgroup.memory.path === entry.cgroup.memory.path) return;
  change(entry, 'cgroup', cgroup);
}

function change<K extends 'uid' | 'exe' | 'cgroup'>(entry: Entry, key: K, value: Entry[K]): void {
  if (entry[key] === value) return;
  entry[key] = value;
  entry.info = undefined;
}

/** A program replaced on disk is still the same program: the kernel's " (deleted)" is left out. */
function readExe(path: string): string | undefined {
  try {
    return decodeText(readlinkSync(path, 'latin1')).replace(/ \(deleted\)$/, '');
  } catch {
    return undefined;
  }
}

interface Settlement {
  readonly outcome: ReadOutcome;
  readonly fields: Float64Array | undefined;
  readonly line: Uint8Array | undefined;
}

function settle(entry: Entry, { outcome, fields, line }: Settlement, context: EntryContext): void {
  entry.asked = false;
  entry.outcome = outcome;
  if (outcome === 'ok' && fields !== undefined && (entry.flags & NAME_ONLY) === 0) {
    entry.exact = toReading(fields, context.offset());
    entry.readAt = fields[FIELD.at] ?? 0;
  }
  if (line !== undefined && (entry.flags & WANT_CMDLINE) !== 0) setCmdline(entry, line);
  context.settled(entry, outcome, fields?.[FIELD.took] ?? 0);
}

function setCmdline(entry: Entry, line: Uint8Array): void {
  entry.flags &= ~WANT_CMDLINE;
  const cmdline = line.length === 0 ? undefined : Buffer.from(line).toString('latin1');
  if (cmdline === entry.cmdline) return;
  entry.cmdline = cmdline;
  entry.info = undefined;
}

/** A record in bytes. `offset` leads from the reader's clock to the uptime. */
export function toReading(fields: Float64Array, offset: number): ExactReading {
  const size = (field: number) => (fields[field] ?? 0) * KIB;
  return {
    at: (fields[FIELD.at] ?? 0) + offset,
    pss: size(FIELD.pss),
    swapPss: size(FIELD.swapPss),
    rss: size(FIELD.rss),
    uss: size(FIELD.uss),
    anon: size(FIELD.anon),
    file: size(FIELD.file),
    shmem: size(FIELD.shmem),
    dirty: size(FIELD.dirty),
  };
}

/** Arguments end with a NUL each; a blank stands between them. */
function commandLine(binary: string): string {
  return decodeText(binary).replace(/\0+$/, '').replaceAll('\0', ' ');
}

function sameBytes(comm: string, { commBegin, commEnd }: Stat): boolean {
  if (comm.length !== commEnd - commBegin) return false;
  for (let i = 0; i < comm.length; i++) if (comm.charCodeAt(i) !== text[commBegin + i]) return false;
  return true;
}
