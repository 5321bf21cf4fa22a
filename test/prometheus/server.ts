import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whether the real Prometheus, with its promtool, is here. */
export const hasPrometheus: boolean = ['prometheus', 'promtool'].every((program) => {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});

/** One series as a query gives it. */
export interface Found {
  readonly metric: Readonly<Record<string, string>>;
  /** Unix time in seconds, and the value as text. */
  readonly value: readonly [number, string];
}

/** A running Prometheus. */
export interface Prometheus {
  query(promql: string): Promise<Found[]>;
  /** What has a value over the last seconds, one point a second. */
  range(promql: string, seconds: number): Promise<readonly object[]>;
  /** Each target's health and last error. */
  targets(): Promise<readonly { readonly job: string; readonly health: string; readonly lastError: string }[]>;
  close(): Promise<void>;
}

/**
 * Starts Prometheus on a free port of this machine; it scrapes each job's target (HOST:PORT) five times a second.
 * @param more what it is to have seen before, as OpenMetrics with times, and a file of rules, judged as often.
 */
export async function startPrometheus(
  jobs: Readonly<Record<string, string>>,
  { history, rules }: { readonly history?: string; readonly rules?: string } = {},
): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'psstop-prometheus-'));
  if (history !== undefined) backfill(history, folder);
  const config = join(folder, 'prometheus.yml');
  const scrapes = Object.entries(jobs).map(([job_name, target]) => ({
    job_name,
    static_configs: [{ targets: [target] }],
  }));
  const often = { scrape_interval: '200ms', scrape_timeout: '200ms', evaluation_interval: '200ms' };
  if (rules !== undefined) writeFileSync(join(folder, 'rules.yml'), rules);
  const files = rules === undefined ? {} : { rule_files: ['rules.yml'] };
  writeFileSync(config, JSON.stringify({ global: often, scrape_configs: scrapes, ...files }));
  const port = await freePort();
  const where = [`--web.listen-address=127.0.0.1:${port}`, `--storage.tsdb.path=${join(folder, 'data')}`];
  const server = spawn('prometheus', [`--config.file=${config}`, '--log.level=error', ...where], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  const ask = async (path: string): Promise<unknown> => {
    const { status, error, data } = (await (await fetch(`${url}${path}`)).json()) as Record<string, unknown>;
    if (status !== 'success') throw new Error(`${path}: ${error}`);
    return data;
  };
  await until(async () => (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok === true);
  return {
    async query(promql): Promise<Found[]> {
      return ((await ask(`/api/v1/query?query=${encodeURIComponent(promql)}`)) as { result: Found[] }).result;
    },
    async range(promql, seconds): Promise<readonly object[]> {
      const now = Date.now() / 1000;
      const span = `&start=${now - seconds}&end=${now}&step=1`;
      return ((await ask(`/api/v1/query_range?query=${encodeURIComponent(promql)}${span}`)) as { result: object[] })
        .result;
    },
    async targets() {
      const { activeTargets } = (await ask('/api/v1/targets')) as {
        activeTargets: { labels: { job: string }; health: string; lastError: string }[];
      };
      return activeTargets.map(({ labels, health, lastError }) => ({ job: labels.job, health, lastError }));
    },
    close: () => end(server, folder),
  };
}

/** Runs promtool. @returns its exit code and all that it wrote. */
export function promtool(
  args: readonly string[],
  input = '',
): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { input, encoding: 'utf8', maxBuffer: 2 ** 26 });
  return { status, output: `${stdout}${stderr}` };
}

/** Waits until something holds. @throws Error when it does not within so many seconds. */
export async function until(holds: () => Promise<boolean>, seconds = 20): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`it did not happen within ${seconds} s`);
    await sleep(100);
  }
}

function backfill(history: string, folder: string): void {
  const file = join(folder, 'history');
  writeFileSync(file, history);
  const { status, output } = promtool(['tsdb', 'create-blocks-from', 'openmetrics', file, join(folder, 'data')]);
  if (status !== 0) throw new Error(`promtool: ${output}`);
}

async function end(server: ChildProcess, folder: string): Promise<void> {
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  await ended;
  rmSync(folder, { recursive: true, force: true });
}

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
