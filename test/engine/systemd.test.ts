import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { connectServiceManager } from '../../src/engine/systemd.ts';

it('has nobody to speak to without a service manager', async () => {
  expect(await connectServiceManager({})).toBeUndefined();
});

it('sends what systemd reads, and leaves nothing in the environment that a child could use', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'psstop-notify-'));
  const address = join(folder, 'notify');
  const env: NodeJS.ProcessEnv = { NOTIFY_SOCKET: address, WATCHDOG_USEC: '30000000', WATCHDOG_PID: `${process.pid}` };
  const receiver = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.settimeout(10); s.bind(sys.argv[1]); print('bound', flush=True)
sys.stdout.write(s.recv(4096).decode())`;
  const child = spawn('python3', ['-c', receiver, address], { stdio: ['ignore', 'pipe', 'inherit'] });
  let heard = '';
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const bound = new Promise<void>((resolve) => {
    child.stdout.on('data', (data) => {
      heard += data;
      resolve();
    });
  });
  await bound;
  const manager = await connectServiceManager(env);
  manager?.notify('READY=1', 'STATUS=watching 3 processes');
  await ended;
  rmSync(folder, { recursive: true });
  expect(heard).toBe('bound\nREADY=1\nSTATUS=watching 3 processes');
  expect(manager?.watchdog).toBe(30_000);
  expect(env).toEqual({});
});
