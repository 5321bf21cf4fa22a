import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { FIELD, FIELDS, STATUS } from '../../../src/sources/proc/layout.ts';
import { readMemory } from '../../../src/sources/proc/smaps.ts';

/** In a module of its own: what is tested is what the very first reading of a reader tells. */
test('the first one that is read may have ended: it is gone, not denied, and the kernel is not taken for an old one', async () => {
  // A program that never waits for the child that the shell before it has started.
  const parent = spawn('sh', ['-c', 'sleep 300 & echo $!; exec cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(parent.stdout, 'data');
  const zombie = Number(String(line));
  // Not before the shell has become that program: a shell does wait for its children.
  for (let i = 0; i < 100 && readFileSync(`/proc/${parent.pid}/comm`, 'utf8') !== 'cat\n'; i += 1) await sleep(20);
  process.kill(zombie, 'SIGKILL');
  for (let i = 0; i < 100 && !/^State:\tZ/m.test(readFileSync(`/proc/${zombie}/status`, 'utf8')); i += 1)
    await sleep(20);
  const record = new Float64Array(FIELDS);
  expect(readMemory(`/proc/${zombie}/`, record)).toBe(STATUS.gone);
  expect(readMemory(`/proc/${2 ** 22 + 1}/`, record)).toBe(STATUS.gone);

  expect(readMemory('/proc/self/', record)).toBe(STATUS.ok);
  expect(record[FIELD.pss]).toBeGreaterThan(0);
  parent.stdin.end();
  await once(parent, 'exit');
});
