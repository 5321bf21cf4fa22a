import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { METRIC_MEASURES, USUAL_LABELS } from '../../src/core/metric.ts';
import type { Delivery } from '../../src/core/types.ts';
import { CATALOG } from '../../src/sinks/prometheus/catalog.ts';
import { createExporter } from '../../src/sinks/prometheus/exporter.ts';
import { fullContext, fullSnapshot } from '../prometheus/scene.ts';
import { hasPrometheus, type Prometheus, startPrometheus } from '../prometheus/server.ts';
import { alertEvent, notice } from '../sinks/made-up.ts';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly { readonly expr: string; readonly refId: string; readonly instant?: boolean }[];
}

interface Board {
  readonly uid: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

const board = JSON.parse(readFileSync(new URL('../../examples/grafana.json', import.meta.url), 'utf8')) as Board;
const queries = board.panels.flatMap(({ title, targets }) =>
  targets.map(({ expr, instant }) => ({ title, expr, instant: instant === true })),
);

/** As Grafana fills it in where all is chosen, at an interval of a minute. */
function filled(expr: string): string {
  return expr.replaceAll('$instance', '.*').replaceAll('$name', '.*').replaceAll('$__rate_interval', '4m');
}

const MINUTES = 100;

/** What a Prometheus would have scraped in the last hours: a page a minute, each sample with its time. */
function history(now: number): string {
  const context = fullContext();
  const exporter = createExporter({ labels: USUAL_LABELS, measures: METRIC_MEASURES, series: 5000 }, context);
  const families = new Map<string, string[]>();
  for (let minute = 0; minute <= MINUTES; minute += 1) {
    exporter.snapshot(fullSnapshot(minute * 60));
    exporter.event(alertEvent());
    exporter.event(notice({ severity: 'warning' }));
    exporter.delivery({ action: 'chat', outcome: 'done' } as Delivery);
    const time = now - (MINUTES - minute) * 60;
    for (const block of exporter
      .page('openmetrics')
      .toString()
      .split(/^(?=# TYPE )/m)) {
      const lines = block.split('\n').filter((line) => line !== '' && line !== '# EOF');
      const head = lines.filter((line) => line.startsWith('#')).join('\n');
      const samples = lines.filter((line) => !line.startsWith('#')).map((line) => `${atHost(line)} ${time}`);
      families.set(head, [...(families.get(head) ?? []), ...samples]);
    }
  }
  return `${[...families].map(([head, samples]) => [head, ...samples].join('\n')).join('\n')}\n# EOF\n`;
}

function atHost(line: string): string {
  const label = 'instance="web-1:10777"';
  return /^\w+\{/.test(line) ? line.replace('{', `{${label},`) : line.replace(' ', `{${label}} `);
}

describe('examples/grafana.json', () => {
  it('is a board: panels with titles and words, that do not overlap, ids of their own', () => {
    expect(board.panels.length).toBeGreaterThan(15);
    const ids = board.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const cells = board.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    for (const { title, description, gridPos, targets } of board.panels) {
      expect([title, description].every((text) => text.length > 4)).toBe(true);
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
    }
  });

  it('asks for no metric that there is not, and only for hosts and names that are chosen', () => {
    const variables = board.templating.list.flatMap(({ definition }) => definition ?? []);
    for (const text of [...queries.map(({ expr }) => expr), ...variables]) {
      const metrics = text.match(/psstop_\w+/g) ?? [];
      expect(metrics.length, text).toBeGreaterThan(0);
      for (const metric of metrics) expect(Object.keys(CATALOG)).toContain(metric);
    }
    for (const { expr } of queries) expect(expr).toContain('instance=~"$instance"');
  });

  it('shows every metric but those that are for rules', () => {
    const shown = new Set(queries.flatMap(({ expr }) => expr.match(/psstop_\w+/g) ?? []));
    const rest = Object.keys(CATALOG).filter((metric) => !shown.has(metric) && !/^psstop_group_/.test(metric));
    expect(rest).toEqual([
      ...['psstop_host_processes', 'psstop_deliveries_oldest_seconds', 'psstop_build_info', 'psstop_snapshots_total'],
    ]);
  });
});

describe.skipIf(!hasPrometheus)('examples/grafana.json, asked of a real Prometheus', () => {
  let prometheus: Prometheus;
  beforeAll(async () => {
    prometheus = await startPrometheus({}, { history: history(Math.floor(Date.now() / 1000)) });
  }, 60_000);
  afterAll(() => prometheus?.close());

  it.each(queries)('$title: $expr', async ({ expr, instant }) => {
    const found = await prometheus.query(filled(expr));
    expect(found.length).toBeGreaterThan(0);
    for (const { value } of found) expect(Number.isNaN(Number(value[1].replace('+Inf', '1')))).toBe(false);
    if (!instant) expect((await prometheus.range(filled(expr), 30)).length).toBeGreaterThan(0);
  });
});
