import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sparkline } from '../../../src/core/curve.ts';
import { displayWidth } from '../../../src/core/escape.ts';
import type { Undecided } from '../../../src/core/types.ts';
import { render, type Screen } from '../../../src/sinks/screen/render.ts';
import { setLine, wantsColor } from '../../../src/sinks/screen/spans.ts';
import { advanceTo, direction, newTrend, note } from '../../../src/sinks/screen/trend.ts';
import { type Follower, follow } from '../../../src/sinks/screen/view-state.ts';
import { alertEvent, type MadeUp, MiB, notice, snapshot } from '../made-up.ts';

process.env.TZ = 'UTC';

const HOST: readonly MadeUp[] = [
  { name: 'postgres: checkpointer', pid: 1200, pss: 812 * MiB, swap: 20 * MiB },
  { name: 'nginx', pid: 100, pss: 600 * MiB },
  { name: 'secret', pid: 7, rss: 120 * MiB },
  { name: 'evil\x1b[2J\nTotal', pid: 3001, pss: 3 * MiB },
];

function scene(): Follower {
  const view = follow();
  for (let i = 0; i < 8; i += 1) {
    const growing = HOST.map((made) => (made.name === 'nginx' ? { ...made, pss: (400 + 25 * (i + 1)) * MiB } : made));
    view.snapshot(snapshot(growing, 30 * i));
  }
  view.event(notice());
  const target = { key: 'nginx', by: 'name', name: 'nginx', count: 1 } as const;
  const processes = [{ pid: 100, start: 1000, name: 'nginx' }];
  view.event(alertEvent({ severity: 'critical', target: { ...target, processes } }));
  view.event(
    alertEvent({
      alert: 'a2',
      id: 'a2',
      kind: 'pending',
      rule: 'steady-growth',
      value: 9000,
      limit: 5000,
      unit: 'bytes/s',
    }),
  );
  return view;
}

function shown(view: Follower, columns: number, rows: number): string[] {
  return draw(view, { columns, rows, color: false });
}

function draw(view: Follower, screen: Screen, undecided: readonly Undecided[] = []): string[] {
  const state = view.state({ rules: 7, undecided });
  if (state === undefined) throw new Error('nothing to show');
  return render(state, screen);
}

describe('the live view', () => {
  it('looks like this at 80 columns', () => {
    expect(shown(scene(), 80, 24)).toEqual(GOLDEN_80);
  });

  it('shows alerts of an earlier run, of which it heard nothing, and no other twice', () => {
    const view = scene();
    const before = { rule: 'old', severity: 'critical', labels: {}, by: 'name', target: 'post\x1bgres' } as const;
    const since = snapshot([]).time - 90_000;
    const found = { value: 700 * MiB, limit: 600 * MiB, unit: 'bytes' } as const;
    const active = [
      { ...before, firing: true, alert: 'before', since, found },
      { ...before, severity: 'info', firing: false, alert: 'later', since },
      { ...before, firing: true, alert: 'a1', since, found },
    ] as const;
    const state = view.state({ undecided: [], active });
    const lines = state ? render(state, { columns: 80, rows: 24, color: false }) : [];
    const at = lines.findIndex((line) => line.startsWith('ALERTS'));
    expect(lines[at]).toBe('ALERTS  2 firing  2 pending');
    expect(lines.slice(at + 1, at + 5).map((line) => line.replaceAll(/ +/g, ' ').trim())).toEqual([
      '● firing 5m old post\\x1bgres 700 MiB, limit 600 MiB',
      '● firing 4m30s web-memory nginx 600 MiB, limit 500 MiB',
      '○ pending 4m30s steady-growth nginx 30.9 MiB/h, limit 17.2 MiB/h',
      '○ pending 5m old post\\x1bgres',
    ]);
  });

  it('does not say that all is covered where nobody knows how much there is', () => {
    const view = follow();
    const taken = snapshot(HOST);
    view.snapshot({ ...taken, memory: { ...taken.memory, anon: 0, mapped: 0 } });
    expect(shown(view, 80, 24)[2]).toContain('  coverage not known  1 denied');
  });

  it('looks like this at 40 columns', () => {
    expect(shown(scene(), 40, 18)).toEqual(GOLDEN_40);
  });

  it('colours what is wrong, and nothing when colours are not wanted', () => {
    const colored = draw(scene(), { columns: 80, rows: 24, color: true }).join('\n');
    expect(colored).toContain('\x1b[31mnginx');
    expect(colored).toContain('\x1b[31m1 firing\x1b[0m');
    expect(colored).toContain('\x1b[31m● firing  \x1b[0m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(colored.replace(/\x1b\[\d+m/g, '')).toBe(shown(scene(), 80, 24).join('\n'));
  });

  it('never is wider or taller than the screen, whatever strangers wrote', () => {
    const text = fc
      .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 })
      .map((units) => String.fromCharCode(...units));
    const size = fc.record({ columns: fc.integer({ min: 1, max: 200 }), rows: fc.integer({ min: 1, max: 60 }) });
    fc.assert(
      fc.property(text, size, (name, { columns, rows }) => {
        const view = follow();
        const made = Array.from({ length: 12 }, (_, i) => ({ name, pid: 4_000_000 + i, pss: i * 999 * MiB }));
        view.snapshot(snapshot([...made, { name, pid: 5, rss: 1e15 }]));
        const target = { key: name, by: 'name', name, count: 1, processes: [] } as const;
        view.event(alertEvent({ rule: name, message: name, target }));
        view.event(alertEvent({ alert: 'b', kind: 'pending', target, value: 1e14 }));
        const lines = shown(view, columns, rows);
        expect(lines.length).toBeLessThanOrEqual(rows);
        for (const line of lines) {
          expect(displayWidth(line)).toBeLessThanOrEqual(columns);
          expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069]/u);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('goes on in the next line with a long event, while there is room', () => {
    const view = follow();
    view.snapshot(snapshot(HOST, 0));
    view.event(
      notice({ kind: 'coverage', message: '1 of 22 processes may not be read: 15.2 MiB of memory are not covered' }),
    );
    expect(shown(view, 60, 24).slice(-4)).toEqual([
      '03:04:05 notice coverage: 1 of 22 processes may not be read:',
      '         15.2 MiB of memory are not covered',
      '',
      '',
    ]);
    for (let i = 0; i < 3; i += 1) view.event(notice());
    expect(shown(view, 60, 24).slice(-4)).toEqual([
      '03:04:05 notice coverage: 1 of 22 processes may not be read…',
      ...Array(3).fill('03:04:05 notice started: psstop 0.1.0 watches web-1'),
    ]);
  });

  it('says how many alerts found no room', () => {
    const view = scene();
    for (let i = 0; i < 30; i += 1) view.event(alertEvent({ alert: `n${i}`, id: `n${i}` }));
    const lines = shown(view, 80, 24);
    expect(lines).toContain('  and 29 more');
    expect(lines).toHaveLength(24);
  });

  it('forgets an alert that is over', () => {
    const view = scene();
    view.event(alertEvent({ kind: 'resolved', reason: 'cleared' }));
    view.event(alertEvent({ alert: 'a2', kind: 'cancelled' }));
    expect(shown(view, 80, 24).join('\n')).toContain('ALERTS  none firing  7 rules watching');
  });

  it('groups by name with a count', () => {
    const view = follow('name');
    view.snapshot(
      snapshot([
        { name: 'w', pss: MiB },
        { name: 'w', pss: MiB },
        { name: 'v', rss: MiB },
      ]),
    );
    const lines = shown(view, 80, 24);
    expect(lines[4]).toMatch(/^ {2}COUNT {2}NAME/);
    expect(lines[5]).toMatch(/^ {6}2 {2}w +2\.00 MiB/);
    expect(lines[6]).toMatch(/^ {6}1 {2}v +≤ 1\.00 MiB/);
  });

  it('says of each figure when it was read, and what is known of those that were not', () => {
    const processes = [
      { name: 'fresh', pid: 1, pss: 400 * MiB },
      { name: 'old', pid: 2, pss: 300 * MiB, rss: 500 * MiB, ago: 95 },
      { name: 'shrunk', pid: 3, pss: 300 * MiB, rss: 200 * MiB, ago: 35 },
      { name: 'new', pid: 4, rss: 100 * MiB, unread: false },
    ] as const;
    const view = follow();
    view.snapshot(snapshot(processes));
    expect(columnsOf(shown(view, 80, 24), 4)).toEqual([
      ['1', 'fresh', '400 MiB', 'now'],
      ['2', 'old', '300 MiB', '1m'],
      ['3', 'shrunk', '≤ 200 MiB', '35s'],
      ['4', 'new', '≤ 100 MiB', '-'],
    ]);
  });

  it('adds up what is known of a group, and says of how many that is', () => {
    const processes = [
      { name: 'all', pid: 1, pss: 30 * MiB },
      { name: 'all', pid: 2, pss: 30 * MiB, ago: 12, rss: 40 * MiB },
      { name: 'some', pid: 3, pss: 20 * MiB },
      { name: 'some', pid: 4, rss: 90 * MiB, unread: false },
      { name: 'none', pid: 5, rss: 5 * MiB, unread: false },
      { name: 'none', pid: 6, rss: 5 * MiB },
    ] as const;
    const view = follow('name');
    view.snapshot(snapshot(processes));
    expect(columnsOf(shown(view, 80, 24), 3)).toEqual([
      ['2', 'all', '60.0 MiB', '12s'],
      ['2', 'some', '20.0 MiB', '1/2'],
      ['2', 'none', '≤ 10.0 MiB', '-'],
    ]);
  });

  it('draws trends from readings alone, each in its own time', () => {
    const view = follow();
    const readings = { 0: 100, 60: 120, 150: 140 } as const;
    let [pss, at] = [0, 0];
    for (let second = 0; second <= 180; second += 10) {
      const read = readings[second as keyof typeof readings];
      if (read !== undefined) [pss, at] = [read, second];
      const ago = read === undefined ? { ago: second - at } : {};
      view.snapshot(snapshot([{ name: 'web', pid: 1, pss: pss * MiB, rss: 500 * MiB, ...ago }], second));
    }
    const [trend] = [...(view.state()?.trends.values() ?? [])];
    expect(trend && [...trend.points].map((point) => point / MiB).slice(-7)).toEqual([
      ...[100, Number.NaN, 120, Number.NaN, Number.NaN, 140, Number.NaN],
    ]);
  });

  it('draws the trend of a group where one of it was read and all are known', () => {
    const view = follow('name');
    const old = { name: 'w', pid: 1, pss: 10 * MiB, ago: 100 };
    const unread = { name: 'w', pid: 3, rss: 90 * MiB, unread: false } as const;
    view.snapshot(snapshot([old, { name: 'w', pid: 2, pss: 5 * MiB }], 0));
    view.snapshot(snapshot([old, { name: 'w', pid: 2, pss: 5 * MiB, ago: 30 }], 30));
    view.snapshot(snapshot([old, { name: 'w', pid: 2, pss: 8 * MiB }, unread], 60));
    view.snapshot(snapshot([old, { name: 'w', pid: 2, pss: 8 * MiB }], 90));
    const [trend] = [...(view.state()?.trends.values() ?? [])];
    expect(trend && [...trend.points].map((point) => point / MiB).slice(-4)).toEqual([15, Number.NaN, Number.NaN, 18]);
  });

  it('tells what is undecided, what is known of it, and since when', () => {
    const view = scene();
    const open = { measure: 'pss', unit: 'bytes', atLeast: 0, atMost: 900 * MiB, limit: 500 * MiB } as const;
    const since = 1_000_000 + 30_000;
    const undecided = [{ rule: 'budget', severity: 'warning', target: 'evil\n', since, open: [open] }] as const;
    const lines = draw(view, { columns: 90, rows: 24, color: false }, undecided);
    expect(lines).toContain('ALERTS  1 firing  1 pending  1 undecided  7 rules watching');
    expect(lines).toContain(
      '? open    3m      budget  evil\\n                        pss at most 900 MiB, limit 500 MiB',
    );
    for (const line of draw(view, { columns: 50, rows: 24, color: false }, undecided)) {
      expect(displayWidth(line)).toBeLessThanOrEqual(50);
    }
  });

  it('keeps bounded histories, and only of rows it shows', () => {
    const view = follow();
    for (let round = 0; round < 50; round += 1) {
      const many = Array.from({ length: 500 }, (_, i) => ({ name: 'w', pid: round * 500 + i, pss: i * MiB }));
      view.snapshot(snapshot(many, round));
      view.event(notice({ message: String(round) }));
      view.event(alertEvent({ alert: `${round}` }));
    }
    const state = view.state();
    expect(state?.trends.size).toBe(200);
    expect(state?.happenings.length).toBe(50);
  });
});

/** The first four columns of the table's first rows. */
function columnsOf(lines: readonly string[], rows: number): string[][] {
  return lines.slice(5, 5 + rows).map((line) => line.trim().split(/ {2,}/).slice(0, 4));
}

describe('a trend', () => {
  it('takes a late figure at the time at which it was read', () => {
    const trend = newTrend(0);
    note(trend, 0, 100);
    note(trend, 90_000, 200);
    note(trend, 35_000, 150);
    note(trend, -600_000, 1);
    expect([...trend.points].slice(-4)).toEqual([100, 150, Number.NaN, 200]);
  });

  it('shows the last figure of each half minute, gaps, and which way it goes', () => {
    const trend = newTrend(0);
    for (const [second, value] of [
      [0, 100],
      [10, 120],
      [30, 140],
      [90, 190],
      [100, 200],
    ] as const) {
      note(trend, second * 1000, value);
    }
    expect(sparkline(trend.points)).toBe('        ▁▂ █');
    expect(direction(trend)).toBe('up');
    advanceTo(trend, 3_600_000);
    expect(sparkline(trend.points)).toBe(' '.repeat(12));
    expect(direction(trend)).toBeUndefined();
  });

  it('does not make mountains of noise', () => {
    const trend = newTrend(0);
    [1000, 1004, 1000, 1004].forEach((value, i) => {
      note(trend, i * 30_000, value);
    });
    expect(sparkline(trend.points).trim()).toBe('▄▄▄▄');
    expect(direction(trend)).toBe('level');
  });
});

describe('colours', () => {
  it('are for terminals that want them', () => {
    expect(wantsColor({ isTTY: true, env: {} })).toBe(true);
    expect(wantsColor({ isTTY: false, env: {} })).toBe(false);
    expect(wantsColor({ isTTY: true, env: { NO_COLOR: '1' } })).toBe(false);
    expect(wantsColor({ isTTY: true, env: { NO_COLOR: '' } })).toBe(true);
    expect(wantsColor({ isTTY: true, env: { TERM: 'dumb' } })).toBe(false);
    expect(wantsColor({ isTTY: false, env: { NO_COLOR: '1' }, flag: 'always' })).toBe(true);
    expect(wantsColor({ isTTY: true, env: {}, flag: 'never' })).toBe(false);
  });

  it('take no room', () => {
    expect(setLine([['abc', 'red'], ['defg']], 5, true)).toBe('\x1b[31mabc\x1b[0md…');
  });
});

const GOLDEN_80: readonly string[] = [
  'psstop  web-1                                         q quit  g group   03:07:35',
  'RAM ██████▓▓▓▓▓▓▓▓▓··············· 4.00 GiB of 8.00 GiB in use',
  '4 processes  PSS 1.38 GiB  92.1 % covered  1 denied  3 read, CPU 9ms',
  '',
  '    PID  NAME                               PSS   READ  TREND 6 min         SWAP',
  '   1200  postgres: checkpointer         812 MiB    now      ▄▄▄▄▄▄▄▄ →  20.0 MiB',
  '    100  nginx                          600 MiB    now      ▁▂▃▄▅▆▇█ ↗         -',
  '      7  secret                       ≤ 120 MiB      -                         ?',
  '   3001  evil\\x1b[2J\\nTotal            3.00 MiB    now      ▄▄▄▄▄▄▄▄ →         -',
  ...['', '', '', '', '', ''],
  'ALERTS  1 firing  1 pending  7 rules watching',
  '● firing  4m30s   web-memory  nginx                       600 MiB, limit 500 MiB',
  '○ pending 4m30s   steady-growth  nginx              30.9 MiB/h, limit 17.2 MiB/h',
  '',
  'EVENTS',
  '03:04:05 notice started: psstop 0.1.0 watches web-1',
  '03:04:05 fired critical web-memory: nginx: pss 600 MiB is above 500 MiB',
  '03:04:05 pending warning steady-growth: nginx: pss 600 MiB is above 500 MiB',
  '',
];
const GOLDEN_40: readonly string[] = [
  'psstop  web-1                   03:07:35',
  'RAM █▓▓▓···· 4.00 GiB of 8.00 GiB in use',
  '4 processes  PSS 1.38 GiB  1 denied',
  '',
  '    PID  NAME                 PSS   READ',
  '   1200  postgres: c…     812 MiB    now',
  '    100  nginx            600 MiB    now',
  '      7  secret         ≤ 120 MiB      -',
  '   3001  evil\\x1b[2J…    3.00 MiB    now',
  '',
  'ALERTS  1 firing  1 pending  7 rules wa…',
  '● 4m30s   web-memory  nginx      600 MiB',
  '○ 4m30s   steady-gr…  nginx   30.9 MiB/h',
  '',
  'EVENTS',
  '03:04:05 notice started: psstop 0.1.0 w…',
  '03:04:05 fired critical web-memory: ngi…',
  '03:04:05 pending warning steady-growth:…',
];
