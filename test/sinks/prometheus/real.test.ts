import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Listener, listen } from '../../../src/sinks/prometheus/listener.ts';
import { keyOf, readPage } from '../../prometheus/page.ts';
import { fullExporter, HOSTILE } from '../../prometheus/scene.ts';
import { hasPrometheus, type Prometheus, startPrometheus, until } from '../../prometheus/server.ts';

/** What Prometheus adds to a series. */
const ADDED = ['job', 'instance', '__name__'];

describe.skipIf(!hasPrometheus)('a real Prometheus', () => {
  const exporter = fullExporter();
  const asked = new Set<string | undefined>();
  let listener: Listener;
  let plain: Server;
  let prometheus: Prometheus;

  beforeAll(async () => {
    const trouble = (message: string): never => {
      throw new Error(message);
    };
    listener = await listen({ where: { host: '127.0.0.1', port: 0 }, page: exporter.page, trouble });
    // In between stands one that likes plain text.
    plain = createServer((request, response) => {
      asked.add(request.headers.accept);
      const answer = fetch(`http://127.0.0.1:${listener.port}/metrics`, {
        headers: { accept: 'text/plain;version=0.0.4' },
      });
      void answer.then(async (it) => {
        response.setHeader('content-type', it.headers.get('content-type') ?? '');
        response.end(await it.text());
      });
    });
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const { port } = plain.address() as AddressInfo;
    prometheus = await startPrometheus({ open: `127.0.0.1:${listener.port}`, text: `127.0.0.1:${port}` });
    await until(async () => (await prometheus.query('psstop_build_info')).length === 2);
  });
  afterAll(async () => {
    await prometheus?.close();
    await listener?.close();
    plain?.close();
  });

  it('is content with both formats, and asks for OpenMetrics', async () => {
    for (const target of await prometheus.targets()) expect(target).toMatchObject({ health: 'up', lastError: '' });
    expect((await prometheus.targets()).length).toBe(2);
    expect([...asked]).toEqual([expect.stringContaining('application/openmetrics-text')]);
  });

  it.each(['open', 'text'])('has every series with its value (%s)', async (job) => {
    const found = await prometheus.query(`{job="${job}", __name__=~"psstop_.*"}`);
    const stored = new Map(
      found.map(({ metric, value }) => {
        const labels = Object.fromEntries(Object.entries(metric).filter(([label]) => !ADDED.includes(label)));
        return [keyOf({ name: metric.__name__ ?? '', labels }), Number(value[1].replace('+Inf', 'Infinity'))];
      }),
    );
    const written = new Map(readPage(exporter.page('text').toString()).map((line) => [keyOf(line), line.value]));
    expect(written.size).toBeGreaterThan(150);
    expect(stored).toEqual(written);
  });

  it('adds groups up', async () => {
    const [nginx] = await prometheus.query('sum by (name) (psstop_group_pss_bytes{job="open", name="nginx"})');
    expect(nginx?.value[1]).toBe(String(420 * 2 ** 20));
  });

  it('keeps names that strangers chose as they are', async () => {
    const names = await prometheus.query('psstop_alerts{job="open", alertstate="firing"}');
    expect(names.map(({ metric }) => metric.target)).toEqual([HOSTILE]);
  });
});
