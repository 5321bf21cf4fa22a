import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { afterEach, expect, it } from 'vitest';
import type { ProcessSample } from '../../../src/core/types.ts';
import { type ProcSource, procSource } from '../../../src/sources/proc/source.ts';
import { READER } from './start.ts';

const MIB = 2 ** 20;
/** Maps and touches 64 MiB for every line that it reads; says when it can't. */
const PROGRAM = `
import sys
held = []
print("begun", flush=True)
for line in sys.stdin:
    try:
        held.append(bytearray(64 << 20))
        print("taken", flush=True)
    except MemoryError:
        print("refused", flush=True)`;

const programs: ChildProcess[] = [];
let source: ProcSource | undefined;
let uptime = 1e9;

afterEach(async () => {
  await source?.close();
  for (const program of programs.splice(0)) program.kill('SIGKILL');
});

async function run(...limits: string[]): Promise<{ pid: number; take(): Promise<string> }> {
  const command = ['python3', '-c', PROGRAM];
  const program = spawn('prlimit', [...limits, ...command], { stdio: ['pipe', 'pipe', 'inherit'] });
  programs.push(program);
  const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
  const said = async (): Promise<string> => String((await lines.next()).value);
  expect(await said()).toBe('begun');
  const take = async (): Promise<string> => {
    program.stdin.write('\n');
    return said();
  };
  return { pid: program.pid ?? 0, take };
}

function open(pids: readonly number[], asks: boolean): ProcSource {
  source = procSource({
    interval: 1000,
    reader: READER,
    clock: { time: () => uptime, uptime: () => uptime },
    demand: () => [],
    ...(asks && {
      asksLimits:
        () =>
        ({ pid }: { pid: number }) =>
          pids.includes(pid),
    }),
    notice: () => undefined,
  });
  return source;
}

async function sampleOf(from: ProcSource, pid: number): Promise<ProcessSample | undefined> {
  // Each time the slow-changing files are due.
  uptime += 600_000;
  return (await from.snapshot()).processes.find(({ process }) => process.pid === pid);
}

it('tells how much of its own limits a process has used, up to the moment in which it gets no more', async () => {
  const { pid, take } = await run(`--as=${600 * MIB}`, `--data=${500 * MIB}:unlimited`);
  const from = open([pid], true);
  const before = (await sampleOf(from, pid))?.limits;
  expect(before?.map(({ name, limit }) => [name, limit / MIB])).toEqual([
    ['RLIMIT_AS', 600],
    ['RLIMIT_DATA', 500],
  ]);
  expect(await take()).toBe('taken');
  const after = (await sampleOf(from, pid))?.limits;
  for (const which of [0, 1]) {
    const grown = ((after?.[which]?.used ?? 0) - (before?.[which]?.used ?? 0)) / MIB;
    expect(grown, after?.[which]?.name).toBeGreaterThan(63);
    expect(grown, after?.[which]?.name).toBeLessThan(67);
  }
  const kib = Number(/VmSize:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  expect(after?.[0]?.used).toBe(kib * 1024);
  let said = 'taken';
  for (let more = 0; more < 10 && said === 'taken'; more += 1) said = await take();
  expect(said).toBe('refused');
  const full = (await sampleOf(from, pid))?.limits ?? [];
  expect(Math.min(...full.map(({ limit, used }) => limit - used))).toBeLessThan(64 * MIB);
});

it('keeps nothing of whoever has no limit, is not asked about, or when nobody asks', async () => {
  const limited = await run(`--as=${900 * MIB}`);
  const free = await run('--nofile=64');
  const from = open([free.pid], true);
  expect(await sampleOf(from, free.pid)).not.toHaveProperty('limits');
  expect(await sampleOf(from, limited.pid)).not.toHaveProperty('limits');
  await from.close();
  expect(await sampleOf(open([], false), limited.pid)).not.toHaveProperty('limits');
});
