import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { type Running, start } from '../cli/psstop.ts';
import { type Api, startApi, TOKEN } from '../sinks/influxdb/api.ts';

const folder = mkdtempSync(join(tmpdir(), 'psstop-influxdb-e2e-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const RULES = `rules:
  - name: nobody-is-so-big
    when: { above: { pss: 900GiB } }
    then: [log]
`;

/** Starts the watchdog with a sink to that address; its token comes by the environment. */
function watch(url: string): Running {
  const config = join(folder, 'psstop.yaml');
  writeFileSync(join(folder, 'rules.yaml'), RULES);
  writeFileSync(
    config,
    `interval: 200ms
history: off
rules: rules.yaml
sinks:
  - influxdb: { url: "${url}", bucket: psstop, token: "\${INFLUX_TOKEN}", every: 400ms, batch: { wait: 100ms } }
`,
  );
  const options = ['watch', '--config', config, '--state', join(folder, 'state')];
  return start(options, { env: { INFLUX_TOKEN: TOKEN } });
}

async function stop({ child, ended }: Running): Promise<string> {
  child.kill('SIGTERM');
  const { stdout, stderr } = await ended;
  return stdout + stderr;
}

const kept = (): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /influxdb\/[0-9a-f]{16}\/.*\.gz$/.test(file),
  );

it('what the daemon saw while the database was away is there after both were started anew', {
  timeout: 60_000,
}, async () => {
  const gone = await startApi({ bucket: 'psstop' });
  const port = Number(new URL(gone.url).port);
  await gone.close();
  const first = watch(gone.url);
  await expect.poll(kept, { timeout: 15_000 }).not.toEqual([]);
  const said = await stop(first);
  expect(said).toMatch(/sink-failed.*influxdb: can't reach http:\/\/127\.0\.0\.1:\d+.*is kept for it/);
  expect(said).not.toContain(TOKEN);
  const between = Date.now();

  const api: Api = await startApi({ bucket: 'psstop' }, port);
  const second = watch(api.url);
  const times = (): number[] => api.points.map(({ time }) => Number(time / 1_000_000n));
  await expect.poll(() => times().some((time) => time > between), { timeout: 15_000 }).toBe(true);
  await expect.poll(() => times().some((time) => time < between), { timeout: 15_000 }).toBe(true);
  await stop(second);
  await api.close();
  expect(api.faults).toEqual([]);
  expect(kept()).toEqual([]);
  const own = api.points.filter(({ measurement }) => measurement === 'psstop_memory');
  expect(own.map(({ tags }) => tags.name)).toContain('psstop');
  const notices = api.points.filter(({ measurement }) => measurement === 'psstop_notice');
  expect(notices.map(({ tags }) => tags.kind)).toEqual(expect.arrayContaining(['sink-failed', 'stopped']));
});
