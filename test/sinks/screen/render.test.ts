import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth } from '../../../src/core/escape.ts';
import { render, type Screen } from '../../../src/sinks/screen/render.ts';
import { setLine, wantsColor } from '../../../src/sinks/screen/spans.ts';
import { direction, newTrend, note, sparkline } from '../../../src/sinks/screen/trend.ts';
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

function draw(view: Follower, screen: Screen): string[] {
  const state = view.state(7);
  if (state === undefined) throw new Error('nothing to show');
  return render(state, screen);
}

describe('the live view', () => {
  it('looks like this at 80 columns', () => {
    expect(shown(scene(), 80, 24)).toEqual(GOLDEN_80);
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

  it('marks readings that are older than a minute', () => {
    const view = follow();
    view.snapshot({ ...snapshot(HOST), uptime: 1_000_000 + 61_000 });
    expect(shown(view, 80, 24)[5]).toContain('~ 812 MiB');
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

describe('a trend', () => {
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
    expect(sparkline(trend)).toBe('        ▁▂ █');
    expect(direction(trend)).toBe('up');
    note(trend, 3_600_000, Number.NaN);
    expect(sparkline(trend)).toBe(' '.repeat(12));
    expect(direction(trend)).toBeUndefined();
  });

  it('does not make mountains of noise', () => {
    const trend = newTrend(0);
    [1000, 1004, 1000, 1004].forEach((value, i) => {
      note(trend, i * 30_000, value);
    });
    expect(sparkline(trend).trim()).toBe('▄▄▄▄');
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
  '4 processes  PSS 1.38 GiB  92.1 % covered  1 not read  cost 12ms, CPU 9ms',
  '',
  '    PID  NAME                              PSS  TREND 6 min         SWAP     RAM',
  '   1200  postgres: checkpointer        812 MiB      ▄▄▄▄▄▄▄▄ →  20.0 MiB   9.9 %',
  '    100  nginx                         600 MiB      ▁▂▃▄▅▆▇█ ↗         -   7.3 %',
  '      7  secret                      ≤ 120 MiB                         ?   1.5 %',
  '   3001  evil\\x1b[2J\\nTotal           3.00 MiB      ▄▄▄▄▄▄▄▄ →         -   0.0 %',
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
  '4 processes  PSS 1.38 GiB  1 not read',
  '',
  '    PID  NAME                PSS     RAM',
  '   1200  postgres:…      812 MiB   9.9 %',
  '    100  nginx           600 MiB   7.3 %',
  '      7  secret        ≤ 120 MiB   1.5 %',
  '   3001  evil\\x1b[…     3.00 MiB   0.0 %',
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
