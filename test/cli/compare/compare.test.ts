import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSide } from '../../../src/cli/compare/sides.ts';
import { MiB, sample, snapshot } from '../../sinks/made-up.ts';
import { writeHistory } from '../../store/history/store.ts';
import { psstop } from '../psstop.ts';

const BEGIN = snapshot([]).uptime;
const HOSTILE = 'evil\u001b[2J\n';

/** A recording of a minute in which `server` holds so many MiB. */
function recording(level: number, name = 'server'): string {
  const lines = Array.from({ length: 13 }, (_, step) => {
    const second = step * 5;
    const one = sample({ name, pid: 7, pss: Math.round(level * MiB) }, BEGIN + second * 1000);
    const started = { ...one, process: { ...one.process, startedAt: BEGIN } };
    const small = sample({ name: 'tiny', pid: 8, pss: 1000 }, BEGIN + second * 1000);
    return JSON.stringify({ ...snapshot([], second), processes: [started, small] });
  });
  return `${lines.join('\n')}\n`;
}

let folder = '';
const path = (name: string): string => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'psstop-compare-'));
  for (const [lot, levels] of Object.entries({ main: [100, 101, 99], same: [101, 99, 100], branch: [120, 122, 119] })) {
    mkdirSync(path(lot));
    for (const [index, level] of levels.entries()) writeFileSync(path(`${lot}/${index}.ndjson`), recording(level));
  }
  writeFileSync(path('main/notes.txt'), 'not a recording');
  writeFileSync(path('one.rec'), recording(100));
  writeFileSync(path('evil.rec'), recording(100, HOSTILE));
  writeFileSync(path('bad.rec'), '{"no":"snapshot"}\n{}\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('psstop compare', () => {
  it('ends with 1 where the branch surely holds more than it may, and only where it was asked to', async () => {
    const failing = await psstop('compare', path('main'), path('branch'), '--fail-over', '5%');
    expect(failing.code).toBe(1);
    expect(failing.stdout).toMatch(
      /server +1m +100 MiB +120 MiB +\+20\.\d % +\+\d+\.\d % and \+\d+\.\d % +3, 3 +regression/,
    );
    expect(failing.stdout).toMatch(/^ {2}A {2}[▁-█ ]+ {2}100 MiB$/m);
    expect(failing.stdout).toContain('B surely holds over 5% more in 1 of 1 name.');
    expect(failing.stdout).toContain('Too small to be judged: 1 name');
    expect((await psstop('compare', path('main'), path('branch'))).code).toBe(0);
    expect((await psstop('compare', path('main'), path('branch'), '--fail-over', '15MiB')).code).toBe(0);
    expect((await psstop('compare', path('main'), path('branch'), '--fail-over', '8MiB')).code).toBe(1);
  });

  it('ends with 0 for the same, and with --strict only where it can be told', async () => {
    const same = await psstop('compare', path('main'), path('same'), '--fail-over', '10%', '--strict');
    expect(same).toMatchObject({ code: 0, stderr: '' });
    expect(same.stdout).toContain('no regression');
    const one = await psstop('compare', path('one.rec'), path('one.rec'), '--fail-over', '5%');
    expect(one.code).toBe(0);
    expect(one.stdout).toContain("can't be told: record more runs");
    expect((await psstop('compare', path('one.rec'), path('one.rec'), '--strict')).code).toBe(3);
  });

  it('ends with 3 where nothing can be compared', async () => {
    for (const more of [
      ['-p', 'nobody'],
      ['--at', '1h'],
    ]) {
      const none = await psstop('compare', path('main'), path('branch'), '--fail-over', '5%', ...more);
      expect(none.code, more.join(' ')).toBe(3);
      expect(none.stdout).toContain('Nothing can be');
    }
    const apart = await psstop('compare', path('main'), path('evil.rec'));
    expect(apart.stdout).toContain('Only in A: server');
    expect(apart.stdout).toContain('Only in B: evil\\x1b[2J\\n');
    expect(apart.stdout).not.toContain('\u001b');
  });

  it('gives all of it as data, with the courses', async () => {
    const { stdout } = await psstop('compare', path('main'), path('branch'), '--json', '--name', 's*');
    const data = JSON.parse(stdout);
    expect(data).toMatchObject({ type: 'comparison', allowed: { ratio: 0.05 }, measure: 'memory', from: 'start' });
    expect(data.names).toMatchObject([{ name: 'server', verdict: 'regression', age: 60_000, a: { runs: 3 } }]);
    expect(data.names[0].course.b.at(-1)).toBe(120 * MiB);
    expect(data.names[0].low).toBeGreaterThan(0.05);
  });

  it('says what is wrong with its words and its files', async () => {
    for (const [args, words] of [
      [['compare'], 'Write A and B'],
      [['compare', 'a', 'b', 'c'], 'one too many'],
      [['compare', path('nowhere'), path('main')], 'there is no '],
      [['compare', path('main'), path('main'), '--fail-over', '5'], 'has no unit'],
      [['compare', '-1d..-2d', '-1d..'], 'ends before it begins'],
    ] as const) {
      const { code, stderr } = await psstop(...args);
      expect(code, stderr).toBe(2);
      expect(stderr).toContain(words);
    }
    expect(await psstop('compare', path('bad.rec'), path('main'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('bad.rec:1: '),
    });
  });
});

describe('psstop compare of the stored history', () => {
  const DAY = 86_400_000;
  const day = (text: string): number => new Date(`${text}T00:00`).getTime();
  /** A snapshot of one boot at a moment, in which `server` of a unit and build, so old (ms), holds so many MiB. */
  const moment = (time: number, age: number, made: { pid: number; unit: string; build: string; level: number }) => {
    const uptime = time - day('2026-10-01');
    const one = sample({ name: 'server', pid: made.pid, pss: made.level * MiB, unit: made.unit }, uptime);
    const process = { ...one.process, startedAt: uptime - age, build: made.build };
    return { ...snapshot([]), time, uptime, processes: [{ ...one, process }] };
  };
  /** Two days, with four runs of five hours each; the second day's build holds 30 % more. */
  const OLD = { unit: 'web@old.service', build: 'aaaa', level: 100 };
  const NEW = { unit: 'web@new.service', build: 'bbbb', level: 130 };
  function* days() {
    for (let run = 0; run < 8; run += 1) {
      const made = run < 4 ? OLD : NEW;
      const one = { ...made, pid: 10 + run, level: made.level + (run % 3) };
      const begun = day('2026-11-01') + run * (DAY / 4);
      for (let age = 60_000; age <= DAY / 5; age += 60_000) yield moment(begun + age, age, one);
    }
  }
  let state = '';
  beforeAll(async () => {
    const written = await writeHistory();
    written.play(days());
    written.keeper.close();
    state = written.folder;
  }, 60_000);
  afterAll(() => rmSync(state, { recursive: true }));

  it.each([
    ['unit:web@old.service', 'unit:web@new.service', '4, 4'],
    ['build:aaaa', 'build:b*', '4, 4'],
  ])('tells %s from %s', async (a, b, runs) => {
    const { code, stdout, stderr } = await psstop('compare', a, b, '--state', state, '--fail-over', '5%');
    expect(stdout, stderr).toMatch(
      new RegExp(`server +4h.* 10\\d MiB +13\\d MiB +\\+\\d+\\.\\d % .*${runs} +regression`),
    );
    expect(code).toBe(1);
  });

  it('lays two days beside each other', async () => {
    const days = ['2026-11-01..2026-11-02', '2026-11-02..2026-11-03'];
    const { stdout, stderr } = await psstop('compare', ...days, '--state', state, '--json');
    const data = JSON.parse(stdout || stderr);
    expect(data).toMatchObject({ from: 'record', names: [{ name: 'server' }] });
    expect(data.names[0].more).toBeGreaterThan(0.2);
  });

  it('says where there is none', async () => {
    const { code, stderr } = await psstop('compare', 'unit:a', 'unit:b', '--state', folder);
    expect(code).toBe(1);
    expect(stderr).toContain('there is no history in');
  });
});

describe('an operand', () => {
  const NOW = Date.UTC(2026, 10, 3, 12);
  const DAY = 86_400_000;
  it('is a file, a folder, a part of the history, or a period', () => {
    expect(readSide(path('one.rec'), NOW)).toEqual({ kind: 'recordings', files: [path('one.rec')] });
    expect(readSide(path('main'), NOW)).toMatchObject({
      files: [0, 1, 2].map((index) => path(`main/${index}.ndjson`)),
    });
    const { process } = sample({ name: 'n', unit: 'web@1.service' });
    const unit = readSide('unit:web@*.service', NOW);
    expect(unit.kind === 'processes' && [unit.only(process), unit.only({ ...process, unit: 'db.service' })]).toEqual([
      true,
      false,
    ]);
    const build = readSide('build:abc', NOW);
    expect(build.kind === 'processes' && [build.only({ ...process, build: 'abc' }), build.only(process)]).toEqual([
      true,
      false,
    ]);
    expect(readSide('-2d..-1d', NOW)).toEqual({ kind: 'period', period: { since: NOW - 2 * DAY, until: NOW - DAY } });
    expect(readSide('-1d..', NOW)).toEqual({ kind: 'period', period: { since: NOW - DAY } });
    expect(readSide('2026-11-01T10:00Z..2026-11-02T00:00:00+02:00', NOW)).toEqual({
      kind: 'period',
      period: { since: Date.UTC(2026, 10, 1, 10), until: Date.UTC(2026, 10, 1, 22) },
    });
    expect(readSide('..2026-11-02', NOW)).toEqual({
      kind: 'period',
      period: { until: new Date(2026, 10, 2).getTime() },
    });
  });
  it('that is none of these is refused', () => {
    for (const bad of ['a..b', '-2x..', '2026-13-01..', '1h..2h..3h', 'unit:', 'nowhere.rec']) {
      expect(() => readSide(bad, NOW), bad).toThrow(/moment|unit|duration|there is no|stretch/);
    }
  });
});
