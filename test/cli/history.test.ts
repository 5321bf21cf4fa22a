import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseMoment, parseRange } from '../../src/cli/history/range.ts';
import { writeAll } from '../../src/cli/writer.ts';
import { procTree } from '../sources/proc-tree.ts';
import { type Actor, BOOTED, info, snapshotAt } from '../store/history/host.ts';
import { writeHistory } from '../store/history/store.ts';
import { psstop, start, until } from './psstop.ts';
import { folder } from './rules.ts';

const own = folder();
afterAll(() => own.dispose());

const HOUR = 3_600_000;
const STATE = join(own.path, 'state');
/** The whole of what is stored. */
const ALL = ['--state', STATE, '--range', `${new Date(BOOTED).toISOString()}..`];

const GROWS: Actor = {
  process: info(7, { name: 'web', unit: 'web.service', container: 'c1' }),
  pss: (uptime) => 100 + (20 * uptime) / HOUR,
};
/** Never read. */
const IDLE: Actor = { process: info(9, { name: 'idle', unit: 'idle.service' }), pss: () => undefined };
const EVIL: Actor = { process: info(8, { name: '=\u001b[31mevil,"\n' }), pss: () => 10 };

beforeAll(async () => {
  own.write('state/keep', '');
  const { keeper, play } = await writeHistory(STATE);
  keeper.note({ type: 'notice', kind: 'started', severity: 'info', time: BOOTED, message: 'begun \u001b[2J' });
  play(Array.from({ length: 481 }, (_, index) => snapshotAt(index * 15_000, [GROWS, EVIL, IDLE])));
  keeper.close();
});

describe('psstop history', () => {
  it('shows the least, the mean, the most and the last of each name, and how it went', async () => {
    const { stdout, code } = await psstop('history', ...ALL);
    expect(code).toBe(0);
    const [head, web = '', evil = '', ...rest] = stdout.trimEnd().split('\n');
    expect(head).toMatch(/^Process Name +Least +Mean +Most +Last +Own +Sharing +Trend$/);
    expect(web).toMatch(/^web +100 MiB +120 MiB +140 MiB +140 MiB +\+39\.7 MiB +0 B +▁+▂.*▇+█$/);
    expect(evil).toContain('10.0 MiB');
    expect(evil).toContain('\\x1b[31m');
    expect(rest).toEqual([]);
    expect(stdout).not.toContain('\u001b');
  });

  it('shows lives, units, containers and the host, of a stretch of time', async () => {
    const lives = await psstop('history', ...ALL, '--by', 'process', '--top', '1');
    expect(lives.stdout).toMatch(/^web\[7\] +100 MiB/m);
    expect((await psstop('history', ...ALL, '--unit', 'web*')).stdout).toMatch(/^Unit .*\nweb\.service +100 MiB/);
    expect((await psstop('history', ...ALL, '--by', 'container')).stdout).toMatch(/^c1 /m);
    expect((await psstop('history', ...ALL, '--by', 'host')).stdout).toMatch(/^in use +8\.00 GiB/m);
    const since = new Date(BOOTED + HOUR).toISOString();
    const late = await psstop('history', '--state', STATE, '--since', since, '--pid', '7');
    expect(late.stdout).toMatch(/^web\[7\] +120 MiB +130 MiB +140 MiB +140 MiB/m);
  });

  it('says nothing of what was never read', async () => {
    for (const format of ['--json', '--csv', '--color=never'])
      expect((await psstop('history', ...ALL, '--by', 'unit', format)).stdout).not.toContain('idle');
  });

  it('writes every point as JSON and as CSV', async () => {
    const json = await psstop('history', ...ALL, '-p', 'web', '--by', 'process', '--json');
    const row = JSON.parse(json.stdout);
    expect(row).toMatchObject({ type: 'history', by: 'process', name: 'web', pid: 7, unit: 'web.service' });
    expect(row.points).toHaveLength(481);
    expect(row.growth).toEqual({ pss: 40 * 2 ** 20, own: 40 * 2 ** 20, sharing: 0 });
    expect(row.points[240]).toMatchObject({
      time: new Date(BOOTED + HOUR).toISOString(),
      pss: 120 * 2 ** 20,
      count: 1,
    });
    const csv = await psstop('history', ...ALL, '--by', 'process', '--csv');
    const lines = csv.stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(1 + 2 * 481);
    expect(lines[1]).toBe(`${new Date(BOOTED).toISOString()},process,web,7,102400,102400,102400,4,81920,1,1`);
    expect(lines.at(-1)).toContain(`"'=\\x1b[31mevil,""\\n"`);
  });

  it('says what happened', async () => {
    const { stdout } = await psstop('history', ...ALL, '--events');
    expect(stdout).toBe(`${new Date(BOOTED).toISOString()} notice started: begun \\x1b[2J\n`);
    expect(JSON.parse((await psstop('history', ...ALL, '--events', '--json')).stdout)).toMatchObject({
      kind: 'started',
    });
  });

  it('says that nothing is there, or nothing of that, and what is asked for wrongly', async () => {
    const nothing = await psstop('history', ...ALL, '-p', 'nobody');
    expect(nothing).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('there is something from 20'),
    });
    const nowhere = await psstop('history', '--state', own.path);
    expect(nowhere).toMatchObject({ code: 1, stderr: expect.stringMatching(/there is no history in .*--state/) });
    expect(readdirSync(own.path)).not.toContain('history.db');
    for (const wrong of [
      ['--since', '1x'],
      ['--range', '1d', '--since', '2d'],
      ['--by', 'unit', '--pid', '7'],
      ['--json', '--csv'],
    ]) {
      expect((await psstop('history', ...wrong, '--state', STATE)).code, wrong.join(' ')).toBe(2);
    }
  });

  it('finds the state folder of a configuration without the variables and secrets that the watchdog has', async () => {
    const config = own.write(
      'psstop.yaml',
      `state: state\nactions: { chat: { webhook: { url: "\${NO_SUCH_VARIABLE}", secret: { file: /nowhere } } } }\n`,
    );
    const args = ['history', '-c', config, '--range', `${new Date(BOOTED).toISOString()}..`];
    expect(await psstop(...args)).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^web /m) });
    own.write('psstop.yaml', `state: "\${NO_SUCH_VARIABLE}"\n`);
    const unknown = { code: 2, stderr: `${config}:1:8: state: the environment variable NO_SUCH_VARIABLE is not set\n` };
    expect(await psstop(...args)).toMatchObject(unknown);
    own.write('psstop.yaml', 'state: [\n');
    expect((await psstop(...args)).code).toBe(2);
  });

  it.skipIf(process.getuid?.() !== 0)('says of what is there that others may not read it', () => {
    const args = ['dist/cli/main.js', 'history', '--state', STATE];
    const { stderr, status } = spawnSync(process.execPath, args, { uid: 65_534, encoding: 'utf8' });
    expect(stderr).toMatch(/^psstop: the history in .*state may not be read by you/);
    expect(status).toBe(1);
  });

  it('says what is the matter with a file that is none, and with one in which nothing stands yet', async () => {
    own.write('none/history.db', 'no database '.repeat(1_000));
    own.write('empty/history.db', '');
    const none = await psstop('history', '--state', join(own.path, 'none'));
    expect(none).toMatchObject({ code: 1, stderr: expect.stringMatching(/not a database: it is set aside/) });
    const empty = await psstop('history', '--state', join(own.path, 'empty'));
    expect(empty).toMatchObject({ code: 1, stderr: expect.stringMatching(/nothing is stored in .*empty yet/) });
  });

  it('waits for who reads it, and keeps no more than a part in memory', async () => {
    const stdout = new PassThrough({ highWaterMark: 1_000 });
    let made = 0;
    const texts = function* () {
      for (; made < 100; made += 1) yield 'x'.repeat(600);
    };
    const written = writeAll(stdout, texts());
    await setImmediate();
    expect(made).toBeLessThan(5);
    let read = 0;
    stdout.on('data', (chunk: Buffer) => (read += chunk.length));
    await written;
    await setImmediate();
    expect(read).toBe(60_000);
    const gone = new PassThrough({ highWaterMark: 1_000 });
    const cut = writeAll(gone, texts());
    gone.destroy();
    await cut;
  });

  it('is played through rules', async () => {
    const rules = own.write(
      'rules/web.yaml',
      'rules: [{ name: big, select: web, when: { above: { pss: 130MiB } }, then: [log] }]\n',
    );
    const { stdout, stderr, code } = await psstop('replay', '--history', '--state', STATE, '-r', rules);
    expect(code).toBe(0);
    expect(stdout).toContain('fired warning big: web: pss is 130 MiB');
    expect(stderr).toMatch(/481 snapshots over 2h: 1 fired/);
    expect((await psstop('replay', '--history', 'x', '-r', rules)).code).toBe(2);
    expect((await psstop('replay', '--range', '1d', 'x', '-r', rules)).code).toBe(2);
  });
});

describe('psstop watch', () => {
  const tree = procTree();
  tree.add({ pid: 10, comm: 'node', rss: 90_000, pss: 60_000 });
  afterAll(() => tree.dispose());
  const rules = own.write(
    'any.yaml',
    'rules: [{ name: any, select: node, when: { above: { pss: 1MiB } }, then: [log] }]\n',
  );

  async function watched(config: string, state: string): Promise<string> {
    const file = own.write(`${state}.yaml`, config);
    const args = [
      'watch',
      '--proc',
      tree.root,
      '-c',
      file,
      '-r',
      rules,
      '--state',
      join(own.path, state),
      '-i',
      '200ms',
    ];
    const daemon = start(args);
    await until(() => daemon.stdout().includes(' fired '));
    daemon.child.kill('SIGTERM');
    await daemon.ended;
    return daemon.stdout();
  }

  it('keeps a history unless it is off', async () => {
    await watched('heartbeat: 0s\n', 'kept');
    const { stdout } = await psstop('history', '--state', join(own.path, 'kept'), '--by', 'process');
    expect(stdout).toMatch(/^node\[10\] +58\.6 MiB/m);
    const events = await psstop('history', '--state', join(own.path, 'kept'), '--events');
    expect(events.stdout).toMatch(/notice started: .*fired warning any: .*notice stopped: /s);
    await watched('history: off\n', 'off');
    expect(readdirSync(join(own.path, 'off'))).not.toContain('history.db');
  });

  it('says when the history of an earlier run had to be set aside, and notes it in the new one', async () => {
    own.write('spoilt/history.db', 'no database '.repeat(1_000));
    const stdout = await watched('heartbeat: 0s\n', 'spoilt');
    const told =
      / notice state: .*history\.db can't be used \(file is not a database\): it was set aside as .*corrupt-/;
    expect(stdout).toMatch(told);
    expect((await psstop('history', '--state', join(own.path, 'spoilt'), '--events')).stdout).toMatch(told);
  });
});

describe('a stretch of time', () => {
  const NOW = Date.parse('2026-11-23T12:00:00Z');

  it('is read from days, moments and how long ago it was', () => {
    expect(parseRange('2h', NOW)).toEqual({ since: NOW - 2 * HOUR });
    expect(parseRange('-2d..-1d', NOW)).toEqual({ since: NOW - 48 * HOUR, until: NOW - 24 * HOUR });
    expect(parseRange('2026-11-01T08:00Z..now', NOW)).toEqual({
      since: Date.parse('2026-11-01T08:00:00Z'),
      until: NOW,
    });
    expect(parseRange('..1h30m', NOW)).toEqual({ until: NOW - 1.5 * HOUR });
    expect(parseMoment('2026-11-01', NOW)).toBe(new Date(2026, 10, 1).getTime());
    expect(parseMoment('2026-11-01 08:00', NOW)).toBe(new Date(2026, 10, 1, 8).getTime());
  });

  it('is refused with a word on what to write', () => {
    for (const [text, what] of [
      ['..', '7d, or FROM..TO'],
      ['1d..2d', 'ends before it begins'],
      ['1d..2d..3d', 'FROM..TO'],
      ['2026-13-01', 'no such day'],
      ['2026-1-1', '2026-11-01'],
      ['7', 'unit is missing'],
    ] as const) {
      expect(() => parseRange(text, NOW), text).toThrow(what);
    }
  });
});
