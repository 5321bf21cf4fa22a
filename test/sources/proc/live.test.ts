import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { afterEach, expect, test } from 'vitest';
import type { ProcessSample, Snapshot } from '../../../src/core/types.ts';
import { READER, type Started, start } from './start.ts';

const MIB = 2 ** 20;
const children: ChildProcess[] = [];
const sources: Started['source'][] = [];

afterEach(async () => {
  for (const source of sources.splice(0)) await source.close();
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Runs a Python program that prints the pids it wants looked at when it is ready; it ends when its input does. */
async function python(program: string): Promise<number[]> {
  const child = spawn('python3', ['-c', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  child.stdout.setEncoding('utf8');
  let line = '';
  for await (const text of child.stdout) {
    line += text;
    if (line.endsWith('\n')) break;
  }
  return line.trim().split(' ').map(Number);
}

async function look(): Promise<Snapshot> {
  const { source } = start();
  sources.push(source);
  return source.snapshot();
}

function find(snapshot: Snapshot, pid: number | undefined): ProcessSample | undefined {
  return snapshot.processes.find(({ process }) => process.pid === pid);
}

test('memory shared by a fork is halved, private memory is not', async () => {
  const program = `
import os, sys, mmap
memory = mmap.mmap(-1, 64 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
memory.write(b'x' * (64 << 20))
ready, done = os.pipe()
child = os.fork()
if child == 0:
    memory.seek(0); memory.write(b'y' * (16 << 20)); os.write(done, b'.'); sys.stdin.read(); os._exit(0)
os.read(ready, 1)
print(os.getpid(), child, flush=True); sys.stdin.read(); os.waitpid(child, 0)`;
  const [parent, child] = await python(program);
  const snapshot = await look();
  const [a, b] = [find(snapshot, parent)?.exact, find(snapshot, child)?.exact];
  // 48 MiB are shared by two, 16 MiB each has of its own; the interpreter itself is the rest.
  expect((a?.pss ?? 0) / MIB).toBeGreaterThan(40);
  expect((a?.pss ?? 0) / MIB).toBeLessThan(60);
  expect((b?.uss ?? 0) / MIB).toBeGreaterThan(16);
  expect((b?.uss ?? 0) / MIB).toBeLessThan(30);
  expect((b?.rss ?? 0) / MIB).toBeGreaterThan(64);
  expect(find(snapshot, child)?.process.ppid).toBe(parent);
});

test.each([
  ['blanks and brackets', 'a b) R 1 (c', 'a b) R 1 (c'],
  ['a line break and an escape', 'a\\n\\x1b[2J', 'a\n\x1b[2J'],
  ['invalid UTF-8', 'caf\\xe9', 'caf\\xe9'],
  ['the very bytes of an escape', 'caf\\\\xe9', 'caf\\x5cxe9'],
])('a name with %s is told as it is', async (_, literal, name) => {
  const program = `
import ctypes, os, sys
ctypes.CDLL(None).prctl(15, b'${literal}', 0, 0, 0)
print(os.getpid(), flush=True); sys.stdin.read()`;
  const [pid] = await python(program);
  expect(find(await look(), pid)?.process.name).toBe(name);
});

test('a name cut at 15 bytes is completed, and user, program and command line are there', async () => {
  const child = spawn('bash', ['-c', 'exec -a /opt/a-name-of-more-than-15-bytes cat'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  children.push(child);
  const program = `
import ctypes, os, sys
ctypes.CDLL(None).prctl(15, b'a-name-of-more-', 0, 0, 0)
print(os.getpid(), flush=True); sys.stdin.read()`;
  const [pid] = await python(`${program}`);
  const snapshot = await look();
  // This one's command line does not begin with the name: it stays cut.
  expect(find(snapshot, pid)?.process.name).toBe('a-name-of-more-');
  const cat = find(snapshot, child.pid)?.process;
  expect(cat).toMatchObject({ name: 'cat', cmdline: '/opt/a-name-of-more-than-15-bytes', user: userInfo().username });
  expect(cat?.exe).toMatch(/\/(cat|coreutils|busybox)$/);
});

test('a zombie is left out, and so are kernel threads', async () => {
  const program = `
import os, sys, time
child = os.fork()
if child == 0: os._exit(0)
while open(f'/proc/{child}/stat').read().split(') ')[1][0] != 'Z': time.sleep(0.01)
print(os.getpid(), child, flush=True); sys.stdin.read()`;
  const [parent, zombie] = await python(program);
  const snapshot = await look();
  expect(find(snapshot, parent)).toBeDefined();
  expect(find(snapshot, zombie)).toBeUndefined();
  expect(find(snapshot, 2)).toBeUndefined();
});

test('the figures are those of the kernel, and rereading checks the identity', async () => {
  const [pid = 0] = await python('import os, sys\nprint(os.getpid(), flush=True); sys.stdin.read()');
  const { source } = start();
  sources.push(source);
  const sample = find(await source.snapshot(), pid);
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const kib = (name: string) => Number(new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(text)?.[1]) * 1024;
  const again = await source.reread(pid, sample?.process.start ?? 0);
  expect(again).toMatchObject({ rss: kib('Rss'), anon: kib('Pss_Anon'), swapPss: kib('SwapPss') });
  expect(await source.reread(pid, 1)).toBe('gone');
});

const asRoot = process.getuid?.() === 0;

test.runIf(asRoot)('without the capability the processes of others are told as denied, with their bounds', async () => {
  const { source } = start(undefined, { reader: unprivilegedReader() });
  sources.push(source);
  const [pid] = await python('import os, sys\nprint(os.getpid(), flush=True); sys.stdin.read()');
  const sample = find(await source.snapshot(), pid);
  expect(sample).toMatchObject({ unread: 'denied' });
  expect(sample?.rss).toBeGreaterThan(MIB);
});

/** A script that gives up root and then is the reader. */
function unprivilegedReader(): string {
  const path = `${execFileSync('mktemp', ['-d'], { encoding: 'utf8' }).trim()}/reader.mjs`;
  execFileSync('tee', [path], {
    input: `process.setgid(65534); process.setgroups([]); process.setuid(65534); await import(${JSON.stringify(READER)});`,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  return path;
}
