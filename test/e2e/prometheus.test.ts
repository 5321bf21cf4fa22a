import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { psstop } from '../cli/psstop.ts';
import { freePort, hasPrometheus, startPrometheus, until } from '../prometheus/server.ts';
import { makePlace, type Place, start, watch } from './daemon.ts';

const LEAK = new URL('./programs/leak.mjs', import.meta.url).pathname;

let place: Place;
let cleanUp: (() => unknown)[];
beforeEach(() => {
  place = makePlace();
  cleanUp = [];
});
afterEach(async () => {
  for (const clean of cleanUp.reverse()) await clean();
  place.remove();
});

describe.skipIf(!hasPrometheus)('the daemon and a real Prometheus', { timeout: 60_000 }, () => {
  it('fire by the same rule, one by its own and one by what was exported', async () => {
    const name = `pleak-${process.pid}`;
    const port = await freePort();
    place.write(
      'psstop.yaml',
      `interval: 500ms\nrules: rules.d\nreading: { exact: always }\nsinks: [{ prometheus: { listen: "127.0.0.1:${port}" } }]\n`,
    );
    place.write(
      'rules.d/one.yaml',
      `rules: [{ name: budget, select: ${name}, when: { above: { pss: 150MiB } }, for: 1s, labels: { team: web }, then: [log] }]\n`,
    );
    const { stdout, code } = await psstop('export', 'prometheus', '-c', place.path('psstop.yaml'));
    expect(code).toBe(0);
    const daemon = watch(place, '--socket', 'none');
    cleanUp.push(() => daemon.stop());
    const prometheus = await startPrometheus({ psstop: `127.0.0.1:${port}` }, { rules: stdout });
    cleanUp.push(() => prometheus.close());
    const firing = async (metric: string): Promise<number> =>
      (await prometheus.query(`${metric}{alertname="budget", alertstate="firing", severity="warning", team="web"}`))
        .length;
    await until(async () => (await prometheus.query('psstop_build_info')).length === 1);
    expect([await firing('psstop_alerts'), await firing('ALERTS')]).toEqual([0, 0]);

    const leak = start(process.execPath, [LEAK, '20', '100', '200', name]);
    cleanUp.push(() => leak.stop());
    await until(async () => (await firing('psstop_alerts')) === 1 && (await firing('ALERTS')) === 1);
    const [size] = await prometheus.query(`psstop_group_pss_bytes{name="${name}"}`);
    expect(Number(size?.value[1])).toBeGreaterThan(150 * 2 ** 20);
    expect((await prometheus.query('psstop_alert_events_total{kind="fired"}'))[0]?.value[1]).toBe('1');

    await leak.stop();
    await until(async () => (await firing('psstop_alerts')) === 0 && (await firing('ALERTS')) === 0, 40);
  });
});
