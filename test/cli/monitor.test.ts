import { readFileSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ProcTree, procTree } from '../sources/proc-tree.ts';
import { psstop, type Running, shell, start, until } from './psstop.ts';

let tree: ProcTree;
let cleanUp: (() => unknown)[];
beforeEach(() => {
  tree = procTree();
  tree.host({ anon: 900, mapped: 100 });
  tree.add({ pid: 1, comm: 'systemd', rss: 900, pss: 700 });
  tree.add({ pid: 2, comm: 'other', rss: 900, pss: 300 });
  cleanUp = [() => tree.dispose()];
});
afterEach(async () => {
  for (const clean of cleanUp.reverse()) await clean();
});

/** A monitor of the made-up tree with a quick interval. */
function monitor(...args: readonly string[]): Running {
  const running = start(['--proc', tree.root, '-m', '-i', '100ms', ...args]);
  cleanUp.push(() => {
    running.child.kill('SIGKILL');
    return running.ended;
  });
  return running;
}

/** What it said, but for turns lost on a busy machine. */
function said(running: Running): string {
  return running.stderr().replace(/^psstop: \d+ snapshots? .*left out.*\n/gm, '');
}

function lists(running: Running): number {
  return running.stdout().split('Total number of processes:').length - 1;
}

describe('psstop -m', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'prints a list at each interval until %s, and ends with 0',
    async (signal) => {
      const running = monitor('-p', 'systemd');
      await until(() => lists(running) >= 3);
      const begin = performance.now();
      running.child.kill(signal);
      expect((await running.ended).code).toBe(0);
      expect(said(running)).toBe('');
      expect(performance.now() - begin).toBeLessThan(1500);
      expect(running.stdout()).toMatch(/^ systemd +1 +700 kB$/m);
      expect(running.stdout()).not.toContain('other');
    },
  );

  it('follows what changes: sizes, newcomers and those that leave', async () => {
    const running = monitor();
    await until(() => lists(running) >= 1);
    tree.add({ pid: 2, comm: 'other', rss: 900, pss: 800 });
    tree.add({ pid: 3, comm: 'new one', rss: 900, pss: 10 });
    await until(() => /^ other +2 +800 kB\n systemd +1 +700 kB\n new one +3 +10 kB$/m.test(running.stdout()));
    tree.remove(2);
    await until(() => /-\n systemd +1 +700 kB\n new one +3 +10 kB$/m.test(running.stdout()));
  });

  it('says once that nobody has the name, goes on, and lists it when it comes', async () => {
    const running = monitor('-p', 'late');
    await until(() => said(running) !== '');
    await new Promise((resolve) => setTimeout(resolve, 400));
    tree.add({ pid: 5, comm: 'late', rss: 900, pss: 40 });
    await until(() => /^ late +5 +40 kB$/m.test(running.stdout()));
    expect(said(running)).toBe('Process not found: no process is called "late"\n');
  });

  it('writes one JSON object a line with --json', async () => {
    const running = monitor('--json');
    await until(() => running.stdout().split('\n').length > 3);
    const [first, second] = running
      .stdout()
      .split('\n')
      .map((line) => line && JSON.parse(line));
    expect(first.rows).toMatchObject([{ name: 'systemd', pss: 700 * 1024 }, { name: 'other' }]);
    expect(Date.parse(second.time)).toBeGreaterThan(Date.parse(first.time));
  });

  it('keeps the CSV file up to date, and goes on when it can not', async () => {
    const folder = join(tree.root, '..', 'csv');
    const file = join(folder, 'out.csv');
    const running = monitor('-f', file);
    await until(() => said(running) !== '' && lists(running) >= 2);
    expect(said(running)).toMatch(/^psstop: can't write .*ENOENT.*\n$/);
    tree.write('csv/out.csv', '');
    await until(() => readFileSync(file, 'utf8') === 'systemd,1,700\nother,2,300\n');
    tree.add({ pid: 2, comm: 'other', rss: 900, pss: 301 });
    await until(() => readFileSync(file, 'utf8').includes('other,2,301'));
    rmSync(folder, { recursive: true });
  });

  it('ends quietly when nobody reads on', async () => {
    const call = `psstop -m -i 1s --proc ${tree.root} | head -2; echo "codes \${PIPESTATUS[@]}"`;
    const { stdout, stderr } = await shell(call);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/Process Name.*\ncodes 0 0\n$/s);
  });

  it('understands the flags of the old unit file', async () => {
    const running = start(['-m', '-p', 'systemd'], { env: { PSSTOP_PROC: tree.root } });
    await until(() => lists(running) === 1);
    running.child.kill('SIGTERM');
    expect((await running.ended).code).toBe(0);
  });
});

interface Receiver {
  readonly port: number;
  text(): string;
  readonly connections: Socket[];
  stop(): Promise<void>;
}

/** A server that keeps what it is sent. */
async function receiver(wanted = 0): Promise<Receiver> {
  const connections: Socket[] = [];
  let text = '';
  const server: Server = createServer((socket) => {
    connections.push(socket);
    socket.setEncoding('utf8').on('data', (data: string) => {
      text += data;
    });
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(wanted, '127.0.0.1', resolve));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const stop = async (): Promise<void> => {
    for (const connection of connections) connection.destroy();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  cleanUp.push(stop);
  return { port, text: () => text, connections, stop };
}

describe('psstop -m -s', () => {
  const OLD = /1000\nsystemd\t1\t700 Kb\nother\t2\t300 Kb\n/;

  it('sends each list as lines, as smartpsstop did, and prints it too', async () => {
    const server = await receiver();
    const running = monitor('-s', `127.0.0.1:${server.port}`);
    await until(() => server.text().length > 100);
    expect(server.text()).toMatch(new RegExp(`^(${OLD.source})+`));
    expect(server.connections).toHaveLength(1);
    expect(lists(running)).toBeGreaterThan(1);
    running.child.kill('SIGTERM');
    expect((await running.ended).code).toBe(0);
    expect(said(running)).toBe('');
    expect(server.text().endsWith('\n')).toBe(true);
  });

  it('sends JSON lines with --json, and only what was asked for', async () => {
    const server = await receiver();
    monitor('-s', `127.0.0.1:${server.port}`, '--json', '-p', 'sys*');
    await until(() => server.text().split('\n').length > 5);
    const lines = server
      .text()
      .split('\n')
      .slice(0, 4)
      .map((line) => JSON.parse(line));
    expect(lines.map(({ type }) => type)).toEqual(['snapshot', 'process', 'snapshot', 'process']);
    expect(lines[1]).toMatchObject({ name: 'systemd', pid: 1, pss: 700 * 1024 });
  });

  it('does not mind that the server is away at first, dies, and comes back', async () => {
    const first = await receiver();
    await first.stop();
    const running = monitor('-s', `127.0.0.1:${first.port}`);
    await until(() => said(running).includes('is away (ECONNREFUSED)'));
    const printed = lists(running);
    await until(() => lists(running) > printed + 1);

    const second = await receiver(first.port);
    await until(() => OLD.test(second.text()));
    await second.stop();
    await until(() => said(running).split('is away').length === 3);

    const third = await receiver(first.port);
    await until(() => OLD.test(third.text()));
    expect(said(running).trim().split('\n')).toHaveLength(4);
    running.child.kill('SIGTERM');
    expect((await running.ended).code).toBe(0);
  });

  it('wants HOST:PORT, and the monitor', async () => {
    expect(await psstop('-m', '-s', 'nowhere')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('[::1]:8081'),
    });
    expect(await psstop('-s', '127.0.0.1:1')).toMatchObject({ code: 2, stderr: expect.stringContaining('write -m') });
  });
});
