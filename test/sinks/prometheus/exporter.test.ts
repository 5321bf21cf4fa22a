import { describe, expect, it } from 'vitest';
import { USUAL_LABELS, USUAL_MEASURES } from '../../../src/core/metric.ts';
import { formatFor } from '../../../src/sinks/prometheus/accept.ts';
import { CATALOG } from '../../../src/sinks/prometheus/catalog.ts';
import { createExporter, type Exporter } from '../../../src/sinks/prometheus/exporter.ts';
import { keyOf, type Line, readPage } from '../../prometheus/page.ts';
import { fullContext, fullExporter, HOSTILE } from '../../prometheus/scene.ts';
import { hasPrometheus, promtool } from '../../prometheus/server.ts';
import { type MadeUp, MiB, snapshot } from '../made-up.ts';

function page(exporter: Exporter): Line[] {
  return readPage(exporter.page('text').toString());
}

/** The value of the one series with these labels. */
function theValue(lines: readonly Line[], name: string, labels: Record<string, string> = {}): number | undefined {
  const found = lines.filter(
    (line) => line.name === name && Object.entries(labels).every(([key, value]) => (line.labels[key] ?? '') === value),
  );
  expect(found.length, `${name} ${JSON.stringify(labels)}`).toBeLessThan(2);
  return found[0]?.value;
}

describe('a page', () => {
  it('says of a group what it holds, between which bounds, and how old that is', () => {
    const lines = page(fullExporter({ labels: ['name'] }));
    const of = (name: string) => theValue(lines, name, { name: 'nginx' });
    expect(of('psstop_group_processes')).toBe(3);
    expect(of('psstop_group_read_processes')).toBe(3);
    expect(of('psstop_group_exact_processes')).toBe(2);
    expect(of('psstop_group_reading_age_seconds')).toBe(30);
    expect(of('psstop_group_pss_bytes')).toBe(420 * MiB);
    expect(of('psstop_group_pss_low_bytes')).toBe(400 * MiB);
    expect(of('psstop_group_pss_high_bytes')).toBe(450 * MiB);
    expect(of('psstop_group_swap_bytes')).toBe(7 * MiB);
    expect(of('psstop_group_swap_high_bytes')).toBe(Number.POSITIVE_INFINITY);
    expect(of('psstop_group_rss_bytes')).toBe(450 * MiB);
    expect(of('psstop_group_limit_bytes')).toBe(512 * MiB);
    expect(theValue(lines, 'psstop_group_read_processes', { name: 'sshd' })).toBe(0);
    expect(theValue(lines, 'psstop_group_reading_age_seconds', { name: 'sshd' })).toBeUndefined();
  });

  it('tells groups apart by the labels that are asked for', () => {
    const units = page(fullExporter()).filter(({ name }) => name === 'psstop_group_processes');
    expect(units.map(({ labels, value }) => [labels, value])).toEqual([
      [{ name: 'nginx', unit: 'nginx.service', container: 'c0ffee' }, 1],
      [{ name: 'nginx', unit: 'nginx.service' }, 1],
      [{ name: 'nginx' }, 1],
      [{ name: 'sshd' }, 1],
      [{ name: 'idle' }, 1],
      [{ name: HOSTILE }, 1],
    ]);
    const none = page(fullExporter({ labels: [] })).filter(({ name }) => name === 'psstop_group_processes');
    expect(none).toEqual([{ name: 'psstop_group_processes', labels: {}, value: 6 }]);
    const pids = page(fullExporter({ labels: ['name', 'pid'] })).filter(
      ({ name }) => name === 'psstop_group_processes',
    );
    expect(pids.map(({ labels }) => labels.pid)).toEqual(['100', '101', '102', '103', '104', '105']);
  });

  it('has an alert as a series, and no label of a rule hides its own', () => {
    const alerts = page(fullExporter()).filter(({ name }) => name === 'psstop_alerts');
    expect(alerts.map(({ labels }) => labels)).toEqual([
      {
        ...{ alertname: 'web-memory', alertstate: 'firing', severity: 'critical', by: 'name', target: HOSTILE },
        ...{ team: 'web', _0_odd: HOSTILE },
      },
      { alertname: 'web-memory', alertstate: 'pending', severity: 'critical', by: 'name', target: 'nginx' },
    ]);
    const cheat = { rule: 'r', severity: 'info', by: 'name', target: 't', firing: true, alert: 'a', since: 0 } as const;
    const alertsOf = () => [
      { ...cheat, labels: { alertname: 'x', severity: 'y' } },
      { ...cheat, labels: {} },
    ];
    const one = page(fullExporter({}, fullContext({ alerts: alertsOf }))).filter(
      ({ name }) => name === 'psstop_alerts',
    );
    expect(one).toEqual([
      {
        name: 'psstop_alerts',
        labels: { alertname: 'r', alertstate: 'firing', severity: 'info', by: 'name', target: 't' },
        value: 1,
      },
    ]);
  });

  it('has every metric of the catalog with just its labels, and no other', () => {
    const seen = new Map<string, Set<string>>();
    for (const { name, labels } of page(fullExporter())) {
      seen.set(name, new Set([...(seen.get(name) ?? []), ...Object.keys(labels)]));
    }
    expect([...seen.keys()].sort()).toEqual(Object.keys(CATALOG).sort());
    for (const [name, { labels }] of Object.entries(CATALOG)) {
      const written = labels
        .split(' ')
        .flatMap((label) => (label === 'group' ? USUAL_LABELS : label === '' ? [] : label));
      const own = name === 'psstop_alerts' ? ['team', '_0_odd'] : [];
      expect([...(seen.get(name) ?? [])].sort(), name).toEqual([...written, ...own].sort());
    }
  });

  it('has no series twice, in either format', () => {
    for (const format of ['text', 'openmetrics'] as const) {
      const keys = readPage(fullExporter().page(format).toString()).map(keyOf);
      expect(new Set(keys).size).toBe(keys.length);
      expect(keys.length).toBeGreaterThan(150);
    }
  });

  it('says as OpenMetrics what it says as text', () => {
    const exporter = fullExporter();
    const open = exporter.page('openmetrics').toString();
    expect(readPage(open)).toEqual(page(exporter));
    expect(open.endsWith('\n# EOF\n')).toBe(true);
    expect(open).toContain('# TYPE psstop_snapshots counter\n');
    expect(open).toContain('# TYPE psstop_build info\n');
    expect(open).toContain('# UNIT psstop_group_pss_low_bytes bytes\n');
  });

  it('is the same one until there is another snapshot, and counts go on', () => {
    const exporter = fullExporter();
    expect(exporter.page('text')).toBe(exporter.page('text'));
    expect(theValue(page(exporter), 'psstop_snapshots_total')).toBe(1);
    exporter.snapshot(snapshot([{ name: 'a', pss: MiB }], 5));
    expect(theValue(page(exporter), 'psstop_snapshots_total')).toBe(2);
    expect(theValue(page(exporter), 'psstop_snapshot_readings_total')).toBe(4);
  });

  it('says before the first snapshot who it is', () => {
    const empty = createExporter({ labels: ['name'], measures: ['pss'], series: 300 }, fullContext());
    expect(theValue(page(empty), 'psstop_build_info')).toBe(1);
    expect(page(empty).filter(({ name }) => name.startsWith('psstop_group'))).toEqual([]);
  });

  it.skipIf(!hasPrometheus)('has nothing that promtool would do otherwise', () => {
    expect(promtool(['check', 'metrics'], fullExporter().page('text').toString())).toEqual({ status: 0, output: '' });
  });
});

describe('the bound on series', () => {
  const many: MadeUp[] = Array.from({ length: 300 }, (_, index) => ({ name: `p${index}`, pss: (index + 1) * MiB }));
  const options = { labels: USUAL_LABELS, measures: USUAL_MEASURES, series: 1000 };

  it('keeps the biggest, sums up the rest, and loses nothing', () => {
    const exporter = createExporter(options, fullContext());
    exporter.snapshot(snapshot([...many, { name: 'other', pss: 5 * MiB }]));
    const lines = page(exporter);
    expect(lines.length).toBeLessThanOrEqual(1000);
    expect(lines.length).toBeGreaterThan(800);
    const sizes = lines.filter(({ name }) => name === 'psstop_group_pss_bytes');
    expect(sizes.reduce((sum, { value }) => sum + value, 0)).toBe((300 * 301 * MiB) / 2 + 5 * MiB);
    expect(sizes[0]?.labels.name).toBe('p299');
    expect(sizes.filter(({ labels }) => labels.name === 'other').length).toBe(1);
    const counts = lines.filter(({ name }) => name === 'psstop_group_processes');
    expect(counts.reduce((sum, { value }) => sum + value, 0)).toBe(301);
    expect(theValue(lines, 'psstop_series_dropped_total')).toBeGreaterThan(2000);
  });

  it('is told once as long as it lasts', () => {
    const told: string[] = [];
    const exporter = createExporter(options, fullContext({ notice: ({ message }) => told.push(message) }));
    for (const seconds of [0, 5, 10]) {
      exporter.snapshot(snapshot(many, seconds));
      exporter.page('text');
    }
    expect(told).toEqual(['prometheus: more than 1000 series: the smallest groups are summed up as name="other"']);
    exporter.snapshot(snapshot([], 15));
    exporter.page('text');
    exporter.snapshot(snapshot(many, 20));
    exporter.page('text');
    expect(told.length).toBe(2);
  });

  it('leaves room for groups in a storm of alerts', () => {
    const storm = Array.from({ length: 5000 }, (_, index) => ({
      ...({
        rule: 'r',
        severity: 'info',
        labels: {},
        by: 'process',
        target: `t${index}`,
        firing: index === 4999,
        alert: `a${index}`,
        since: 0,
      } as const),
    }));
    const exporter = createExporter(options, fullContext({ alerts: () => storm }));
    exporter.snapshot(snapshot(many));
    const lines = page(exporter);
    expect(lines.length).toBeLessThanOrEqual(1000);
    const alerts = lines.filter(({ name }) => name === 'psstop_alerts');
    expect(alerts.length).toBe(200);
    expect(alerts[0]?.labels).toMatchObject({ alertstate: 'firing', target: 't4999' });
    expect(lines.filter(({ name }) => name === 'psstop_group_pss_bytes').length).toBeGreaterThan(20);
  });
});

describe('the format', () => {
  it('is OpenMetrics for whoever likes it best', () => {
    const prometheus =
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
    expect(formatFor(prometheus)).toBe('openmetrics');
    expect(formatFor('text/plain;version=0.0.4;q=0.5,*/*;q=0.1')).toBe('text');
    expect(formatFor('application/openmetrics-text;q=0.2, text/plain')).toBe('text');
    expect(formatFor('application/openmetrics-text;q=0')).toBe('text');
    expect(formatFor('*/*')).toBe('text');
    expect(formatFor(undefined)).toBe('text');
    expect(formatFor(';;q=,,')).toBe('text');
  });
});
