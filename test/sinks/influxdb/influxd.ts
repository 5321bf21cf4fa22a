import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whether InfluxDB 1 is installed here (Debian's package influxdb). */
export const present: boolean = (() => {
  try {
    execFileSync('influxd', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** Rows of a result, by column. */
export type Rows = readonly Readonly<Record<string, string | number | boolean | null>>[];

/** A real server with a user and a database, on loopback. */
export interface Influxd {
  readonly url: string;
  start(): Promise<void>;
  /** Ends it as its operator would. */
  stop(): Promise<void>;
  query(text: string, where?: { readonly database?: string; readonly post?: true }): Promise<Rows>;
  /** Ends it, and removes all that it kept. */
  remove(): Promise<void>;
}

export const USER = 'psstop';
export const PASSWORD = 'a pass=word,"with\\all';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

/** Starts InfluxDB with authentication on ports that are free, and makes the database `psstop`. */
export async function influxd(): Promise<Influxd> {
  const folder = mkdtempSync(join(tmpdir(), 'psstop-influxd-'));
  const [port, rpc] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const config = join(folder, 'influxdb.conf');
  writeFileSync(
    config,
    `reporting-disabled = true
bind-address = "127.0.0.1:${rpc}"
[meta]
  dir = "${folder}/meta"
[data]
  dir = "${folder}/data"
  wal-dir = "${folder}/wal"
[http]
  bind-address = "127.0.0.1:${port}"
  auth-enabled = true
  log-enabled = false
[monitor]
  store-enabled = false
`,
  );
  let server: ChildProcess | undefined;
  const stop = async (): Promise<void> => {
    if (server === undefined || server.exitCode !== null) return;
    const ended = new Promise((resolve) => server?.once('exit', resolve));
    server.kill('SIGTERM');
    await ended;
  };
  const start = async (): Promise<void> => {
    server = spawn('influxd', ['-config', config], { stdio: 'ignore' });
    const end = performance.now() + 30_000;
    while (!(await fetch(`${url}/ping`).catch(() => undefined))?.ok) {
      if (performance.now() > end) throw new Error('influxd did not start within 30 s');
      await sleep(50);
    }
  };
  const query: Influxd['query'] = async (text, { database = 'psstop', post } = {}) => {
    const headers = { authorization: `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}` };
    const where = `${url}/query?${new URLSearchParams({ db: database, q: text, epoch: 'ns' })}`;
    const answer = await fetch(where, { method: post ? 'POST' : 'GET', headers });
    const data = (await answer.json()) as {
      results?: { error?: string; series?: { columns: string[]; values: (string | number)[][]; tags?: object }[] }[];
      error?: string;
    };
    const [result] = data.results ?? [];
    const wrong = data.error ?? result?.error;
    if (wrong !== undefined) throw new Error(`influxd: ${wrong}`);
    return (result?.series ?? []).flatMap(({ columns, values, tags }) =>
      values.map((row) => ({ ...tags, ...Object.fromEntries(row.map((value, index) => [columns[index], value])) })),
    );
  };
  await start();
  const name = PASSWORD.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
  await query(`CREATE USER ${USER} WITH PASSWORD '${name}' WITH ALL PRIVILEGES`, { post: true });
  await query('CREATE DATABASE psstop', { post: true });
  const remove = async (): Promise<void> => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { url, start, stop, query, remove };
}
