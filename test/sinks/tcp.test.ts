import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { LineClient } from '../../src/sinks/network/line-client.ts';
import { parseAddress } from '../../src/sinks/network/wire.ts';
import plugin from '../../src/sinks/tcp.ts';
import { context, until } from './context.ts';
import { alertEvent, MiB, snapshot } from './made-up.ts';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

interface Receiver {
  readonly port: number;
  readonly text: () => string;
  readonly sockets: Socket[];
  readonly server: Server;
}

async function receiver(options: { host?: string; port?: number; read?: boolean } = {}): Promise<Receiver> {
  const sockets: Socket[] = [];
  let text = '';
  const server = createServer({ pauseOnConnect: options.read === false }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      text += data;
    });
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  open.push(() => stop({ port, text: () => text, sockets, server }));
  return { port, text: () => text, sockets, server };
}

async function stop({ server, sockets }: Receiver): Promise<void> {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
}

function client(port: number, buffer = 1e6): { client: LineClient; told: string[] } {
  const told: string[] = [];
  const made = new LineClient({
    ...{ host: '127.0.0.1', port, buffer, retry: { first: 20, longest: 50 } },
    trouble: (message) => told.push(message),
  });
  open.push(() => made.close());
  return { client: made, told };
}

describe('the tcp sink', () => {
  it('sends a snapshot as one head and a line for each process, then events', async () => {
    const to = await receiver();
    const sink = await plugin.create({ to: `127.0.0.1:${to.port}` } as never, context());
    sink.snapshot?.(
      snapshot([
        { name: 'evil\n{"type":"alert"}', pid: 5, pss: MiB },
        { name: 'dark', rss: 2 * MiB },
      ]),
    );
    sink.event?.(alertEvent());
    await sink.close?.();
    await until(() => to.text().split('\n').length === 5);
    const lines = to
      .text()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ type: 'snapshot', host: 'web-1', processes: 2, pss: MiB, unread: { denied: 1 } });
    expect(lines[1]).toMatchObject({ type: 'process', name: 'dark', pss: null, pssAtMost: 2 * MiB, unread: 'denied' });
    expect(lines[2]).toMatchObject({ type: 'process', name: 'evil\n{"type":"alert"}', pid: 5, pss: MiB });
    expect(lines[3]).toMatchObject({ type: 'alert', rule: 'web-memory', kind: 'fired' });
  });

  it('says of a figure that is not of this snapshot how old it is, and what it can be at most', async () => {
    const to = await receiver();
    const taken = snapshot([
      { name: 'old', pid: 1, pss: 3 * MiB, rss: 8 * MiB, ago: 35 },
      { name: 'now', pid: 2, pss: 2 * MiB },
      { name: 'new', pid: 3, rss: MiB, unread: false },
    ]);
    for (const format of ['ndjson', 'tsv']) {
      const sink = await plugin.create({ to: `127.0.0.1:${to.port}`, format } as never, context());
      sink.snapshot?.(taken);
      await sink.close?.();
    }
    await until(() => to.text().endsWith('new\t3\t0 Kb\n'));
    const lines = to.text().split('\n');
    const [head, old, now, fresh] = lines.slice(0, 4).map((line) => JSON.parse(line));
    expect(head).toMatchObject({ pss: 5 * MiB, pssFrom: 'old-readings', read: 1, unread: {} });
    expect(old).toMatchObject({ pss: null, pssAtMost: 8 * MiB, last: { age: 35_000, pss: 3 * MiB, uss: 3 * MiB } });
    expect(old).not.toHaveProperty('unread');
    expect(now).toMatchObject({ pss: 2 * MiB });
    expect(now).not.toHaveProperty('last');
    expect(fresh).toMatchObject({ pss: null, pssAtMost: MiB });
    expect(fresh).not.toHaveProperty('last');
    expect(lines.slice(4, 7)).toEqual(['5120', 'old\t1\t3072 Kb', 'now\t2\t2048 Kb']);
  });

  it('speaks the lines of smartpsstop when asked to', async () => {
    const to = await receiver();
    const sink = await plugin.create({ to: `127.0.0.1:${to.port}`, format: 'tsv' } as never, context());
    sink.event?.(alertEvent());
    sink.snapshot?.(
      snapshot([
        { name: 'systemd', pid: 1, pss: 3 * MiB },
        { name: 'b', pid: 2, pss: MiB },
      ]),
    );
    await sink.close?.();
    await until(() => to.text() === '4096\nsystemd\t1\t3072 Kb\nb\t2\t1024 Kb\n');
  });

  it('takes an IPv6 address in brackets', async () => {
    const to = await receiver({ host: '::1' });
    const sink = await plugin.create({ to: `[::1]:${to.port}` } as never, context());
    sink.event?.(alertEvent());
    await sink.close?.();
    await until(() => to.text().includes('web-memory'));
  });

  it('says what an address should look like', () => {
    expect(parseAddress('[fe80::1%eth0]:81')).toEqual({ host: 'fe80::1%eth0', port: 81 });
    expect(parseAddress('log.example:8081')).toEqual({ host: 'log.example', port: 8081 });
    for (const bad of ['nowhere', '::1:80', 'h:0', 'h:65536', ':80', 'a b:80', 'h:']) {
      expect(() => parseAddress(bad)).toThrow('write 127.0.0.1:8081 or [::1]:8081');
    }
    expect(() => plugin.create({ to: 'nowhere' } as never, context())).toThrow('is not HOST:PORT');
  });
});

describe('the line client', () => {
  it('keeps what is sent while the server is away, in order, and says so once', async () => {
    const first = await receiver();
    await stop(first);
    const { client: out, told } = client(first.port);
    for (let i = 0; i < 50; i += 1) out.send(`${i}\n`);
    await until(() => told.length > 0);
    const again = await receiver({ port: first.port });
    await until(() => again.text().split('\n').length === 51);
    expect(again.text()).toBe(Array.from({ length: 50 }, (_, i) => `${i}\n`).join(''));
    expect(told[0]).toContain('is away (ECONNREFUSED)');
    expect(told[1]).toContain('is back');
    expect(told).toHaveLength(2);
  });

  it('connects again when the server drops the connection', async () => {
    const to = await receiver();
    const { client: out } = client(to.port);
    out.send('one\n');
    await until(() => to.text() === 'one\n');
    to.sockets[0]?.resetAndDestroy();
    await until(() => to.sockets[0]?.destroyed === true);
    await new Promise((resolve) => setTimeout(resolve, 30));
    out.send('two\n');
    await until(() => to.text() === 'one\ntwo\n');
    expect(to.sockets).toHaveLength(2);
  });

  it('bounds what waits for a server that does not read, drops the oldest and counts them', async () => {
    const to = await receiver({ read: false });
    const { client: out, told } = client(to.port, 100_000);
    const line = (i: number): string => `${i} ${'x'.repeat(20_000)}\n`;
    const count = 1000;
    for (let i = 0; i < count; i += 1) {
      out.send(line(i));
      if (i % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => told.length === 1);
    expect(told[0]).toContain('the oldest data are dropped');
    to.sockets[0]?.resume();
    await until(() => to.text().includes(line(count - 1)));
    await until(() => told.length === 2);
    const got = to
      .text()
      .trimEnd()
      .split('\n')
      .map((text) => Number(text.split(' ')[0]));
    expect(got).toEqual([...got].sort((a, b) => a - b));
    const dropped = Number(/(\d+) pieces were dropped/.exec(told[1] ?? '')?.[1]);
    expect(dropped).toBeGreaterThan(100);
    expect(got.length + dropped).toBe(count);
  });

  it('closes within a second though nobody reads', async () => {
    const to = await receiver({ read: false });
    const { client: out } = client(to.port, 1e8);
    out.send('x'.repeat(3e7));
    await until(() => to.sockets.length === 1);
    const begin = performance.now();
    await out.close();
    expect(performance.now() - begin).toBeLessThan(1200);
  });

  it('reads and forgets what an echoing server answers', async () => {
    const to = await receiver();
    to.server.on('connection', (socket) => socket.on('data', (data) => socket.write(data)));
    const { client: out, told } = client(to.port);
    for (let i = 0; i < 100; i += 1) out.send('y'.repeat(10_000));
    await until(() => to.text().length === 1e6);
    expect(told).toEqual([]);
  });
});
