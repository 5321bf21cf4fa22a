import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { get, request } from 'node:http';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Listener, type ListenerOptions, listen } from '../../../src/sinks/prometheus/listener.ts';
import plugin from '../../../src/sinks/prometheus.ts';
import { context, until } from '../context.ts';
import { snapshot } from '../made-up.ts';

const BODY = Buffer.from('psstop_up 1\n');
const ANY_PORT = { host: '127.0.0.1', port: 0 };

async function open(change: Partial<ListenerOptions> = {}): Promise<Listener & { readonly told: string[] }> {
  const told: string[] = [];
  const trouble = (message: string, severity: string): void => void told.push(`${severity}: ${message}`);
  const listener = await listen({ where: ANY_PORT, page: () => BODY, trouble, ...change });
  onTestFinished(() => listener.close());
  return Object.assign(listener, { told });
}

function ask(port: number | undefined, path = '/metrics', init?: RequestInit): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}${path}`, init);
}

async function client(port: number | undefined): Promise<Socket & { ended?: boolean }> {
  const socket: Socket & { ended?: boolean } = connect(port ?? 0, '127.0.0.1');
  socket.on('error', () => undefined).on('close', () => Object.assign(socket, { ended: true }));
  onTestFinished(() => void socket.destroy());
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket;
}

describe('the listener', () => {
  it('answers GET and HEAD of /metrics, and nothing else', async () => {
    const { port } = await open();
    const answer = await ask(port);
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
      BODY.toString(),
    ]);
    const open1 = await ask(port, '/metrics?x=1', { headers: { accept: 'application/openmetrics-text' } });
    expect(open1.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    const head = await ask(port, '/metrics', { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '12', '']);
    const post = await ask(port, '/metrics', { method: 'POST', body: 'x'.repeat(1e5) });
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    for (const path of ['/', '/metrics/x', '/%00', '/../metrics'])
      expect((await ask(port, path)).status).toBeLessThan(405);
    expect((await ask(port, '/other')).status).toBe(404);
  });

  it('lets go of who does not finish his question, and of what is no HTTP', async () => {
    const { port } = await open();
    const slow = await client(port);
    slow.write('GET /metrics HTTP/1.1\r\nhost: x\r\n');
    const noise = await client(port);
    noise.write('\u0000\u0001 what?\r\n\r\n');
    await until(() => noise.ended === true);
    await until(() => slow.ended === true, 9000);
    expect((await ask(port)).status).toBe(200);
  });

  it('lets go of who does not take his answer', { timeout: 20_000 }, async () => {
    // More than the kernel keeps for a connection.
    const { port } = await open({ page: () => Buffer.alloc(64 * 1024 * 1024) });
    const lazy = await client(port);
    lazy.pause();
    const asked = performance.now();
    lazy.write('GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n');
    // Who does not read does not see the end either: it shows once he does.
    await new Promise((resolve) => setTimeout(resolve, 11_000));
    let bytes = 0;
    lazy.on('data', (data) => {
      bytes += data.length;
    });
    lazy.resume();
    await until(() => lazy.ended === true);
    expect(bytes).toBeLessThan(64 * 1024 * 1024);
    expect(performance.now() - asked).toBeLessThan(15_000);
  });

  it('takes sixteen at once, and others as soon as these are gone', async () => {
    const { port } = await open();
    const crowd = await Promise.all(Array.from({ length: 16 }, () => client(port)));
    const refused = await ask(port).catch(() => 'refused');
    expect(refused).toBe('refused');
    for (const one of crowd) one.destroy();
    await until(() => crowd.every(({ ended }) => ended === true));
    expect((await ask(port)).status).toBe(200);
  });

  it('tells once that its address is taken, goes on trying, and tells when it has it', async () => {
    const { server, port } = await takenPort();
    const listener = await open({ where: { host: '127.0.0.1', port }, retry: 50 });
    expect(listener.told).toEqual([
      `warning: can't listen on 127.0.0.1:${port} (EADDRINUSE): tried again every 0.05 s`,
    ]);
    await new Promise((resolve) => setTimeout(resolve, 200));
    server.close();
    await until(() => listener.told.length > 1);
    expect(listener.told.slice(1)).toEqual([`info: listens on 127.0.0.1:${port} now`]);
    expect((await ask(port)).status).toBe(200);
  });

  it('listens on a UNIX socket, removes a dead one before, and its own after', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'psstop-metrics-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'metrics.sock');
    await deadSocket(path);
    const listener = await open({ where: { path } });
    expect(statSync(path).mode & 0o777).toBe(0o660);
    const status = await new Promise((resolve, reject) => {
      get({ socketPath: path, path: '/metrics' }, (response) => resolve(response.resume().statusCode)).on(
        'error',
        reject,
      );
    });
    expect(status).toBe(200);
    await listener.close();
    expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
    writeFileSync(path, 'not a socket');
    const refused = await open({ where: { path } });
    expect(refused.told[0]).toMatch(/can't listen on .*metrics\.sock/);
    expect(statSync(path).isFile()).toBe(true);
  });
});

describe('the sink', () => {
  it('answers from the last snapshot, and frees its port when it is closed', async () => {
    const { server, port } = await takenPort();
    await new Promise((resolve) => server.close(resolve));
    const sink = await plugin.create({ listen: `127.0.0.1:${port}` } as never, context());
    sink.snapshot?.(snapshot([{ name: 'nginx', pss: 4096 }]));
    expect(await (await ask(port)).text()).toContain('psstop_group_pss_bytes{name="nginx"} 4096\n');
    await sink.close?.();
    await expect(ask(port)).rejects.toThrow();
    await sink.close?.();
  });

  it('refuses an address that is none', async () => {
    await expect(async () => plugin.create({ listen: 'here' } as never, context())).rejects.toThrow(/HOST:PORT/);
  });

  it('opens nothing while the configuration is only checked', async () => {
    const made = await plugin.create({ listen: '127.0.0.1:1' } as never, { ...context(), live: false });
    expect(made).toEqual({});
  });
});

it('keeps a connection for the next scrape', async () => {
  const { port } = await open();
  const socket = await client(port);
  let text = '';
  socket.on('data', (data) => {
    text += data;
  });
  for (let scrape = 1; scrape <= 3; scrape += 1) {
    socket.write('GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n');
    await until(() => text.split('psstop_up 1').length > scrape);
  }
  expect(socket.ended).toBeUndefined();
});

async function takenPort(): Promise<{ server: Server; port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('it has no port');
  return { server, port: address.port };
}

/** A socket file with nobody behind it, as a killed process leaves it. */
async function deadSocket(path: string): Promise<void> {
  const { spawnSync } = await import('node:child_process');
  const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', script]);
  expect(statSync(path).isSocket()).toBe(true);
  await expect(
    new Promise((_resolve, reject) => request({ socketPath: path }).on('error', reject).end()),
  ).rejects.toThrow();
}
