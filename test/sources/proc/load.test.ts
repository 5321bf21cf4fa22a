import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ProcessSample } from '../../../src/core/types.ts';
import { type ProcSource, procSource } from '../../../src/sources/proc/source.ts';
import { READER } from './start.ts';

/** Two threads, of which one takes 0.2 s of CPU time for every line that it reads. */
const PROGRAM = `
import sys, threading, time
threading.Thread(target=threading.Event().wait, daemon=True).start()
print(flush=True)
for line in sys.stdin:
    end = time.process_time() + 0.2
    while time.process_time() < end: pass
    print(flush=True)`;

let program: ChildProcess;
let source: ProcSource | undefined;
let uptime = 0;

beforeEach(async () => {
  uptime = 1e9;
  program = spawn('python3', ['-c', PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] });
  await told();
});
afterEach(async () => {
  await source?.close();
  program.kill('SIGKILL');
});

async function told(): Promise<void> {
  await once(program.stdout as NonNullable<typeof program.stdout>, 'data');
}

async function work(): Promise<void> {
  program.stdin?.write('\n');
  await told();
}

async function look(): Promise<ProcessSample> {
  uptime += 10;
  const { processes } = await (source as ProcSource).snapshot();
  return processes.find(({ process }) => process.pid === program.pid) as ProcessSample;
}

it('is known anew with every reading that a history asks for, and else stays as it was', {
  timeout: 30_000,
}, async () => {
  let asks = false;
  source = procSource({
    interval: 5_000,
    patience: Number.POSITIVE_INFINITY,
    reader: READER,
    budget: { process: Number.POSITIVE_INFINITY, host: Number.POSITIVE_INFINITY },
    clock: { time: () => uptime, uptime: () => uptime },
    notice: () => {},
    demand: (draft) =>
      draft.processes
        .filter(({ process, exact }) => asks && process.pid === program.pid && !exact)
        .map((sample) => ({ sample, urgency: 'series', why: () => 'test' })),
  });
  const first = await look();
  expect(first).toMatchObject({ threads: 2 });
  expect(first.loadAt).toBeUndefined();
  await work();
  const second = await look();
  expect(second).toMatchObject({ cpu: first.cpu, loadAt: uptime - 10 });
  asks = true;
  const third = await look();
  expect(third.loadAt).toBeUndefined();
  expect((third.cpu ?? 0) - (first.cpu ?? 0)).toBeGreaterThanOrEqual(190);
});

it('is known anew with every snapshot that reads everything', { timeout: 30_000 }, async () => {
  const options = { interval: 5_000, patience: Number.POSITIVE_INFINITY, reader: READER, notice: () => {} };
  source = procSource({ ...options, clock: { time: () => uptime, uptime: () => uptime } });
  const first = await look();
  await work();
  const second = await look();
  expect(second.loadAt).toBeUndefined();
  expect((second.cpu ?? 0) - (first.cpu ?? 0)).toBeGreaterThanOrEqual(190);
});
