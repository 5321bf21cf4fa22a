import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { snapshotChecker } from '../../src/config/check-snapshot.ts';
import { procTree } from '../sources/proc-tree.ts';
import { type Call, psstop, shell, start, until } from './psstop.ts';
import { folder } from './rules.ts';

const own = folder();
const tree = procTree();
tree.add({ pid: 10, comm: 'node', rss: 90_000, pss: 60_000 });
tree.add({ pid: 11, comm: 'other', rss: 9_000, pss: 6_000 });
afterAll(() => {
  own.dispose();
  tree.dispose();
});

/** Arguments of a recording of the made-up host. */
function record(file: string, ...more: readonly string[]): string[] {
  return ['record', '--proc', tree.root, '-o', file, '-i', '200ms', ...more];
}

/** How many snapshots a recording says it took. */
function countOf({ stderr }: Call): number {
  return Number(/psstop: (\d+) snapshots, /.exec(stderr)?.[1]);
}
const rules = own.write(
  'rules/any.yaml',
  `rules:
  - name: any-node
    select: node
    when: { above: { pss: 1MiB } }
    then: [log]
`,
);

describe('record and replay', () => {
  it('records snapshots by the schema, which replay through rules as the daemon would judge them', async () => {
    const file = join(own.path, 'host.ndjson');
    const recorded = await psstop(...record(file, '--for', '2s'));
    expect(recorded).toMatchObject({ code: 0, stdout: '' });
    // One at once and one each 200 ms, less those that a busy machine was too late for.
    expect(countOf(recorded)).toBeGreaterThan(1);
    expect(countOf(recorded)).toBeLessThan(12);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    const check = snapshotChecker();
    for (const line of lines) expect(check(JSON.parse(line))).toBeUndefined();

    const text = await psstop('replay', file, '-r', rules);
    expect(text.stdout).toMatch(/ fired warning any-node/);
    expect(text.stdout).toMatch(/ would run log for fired any-node: node\n/);
    expect(text.stderr).toMatch(/ snapshots over \S+: 1 fired; would have run log 1\n/);
    const json = await psstop('replay', file, '-r', rules, '--json', '--pending', '--time-scale', '60');
    expect(
      json.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
        .map(({ type, kind, action, reason }) => [type, kind, action, reason]),
    ).toEqual([
      ['alert', 'fired', undefined, undefined],
      ['delivery', 'fired', 'log', 'replay'],
    ]);
  });

  it('ends with 1 where a rule so severe fired, and with 3 where nothing was played', async () => {
    const file = join(own.path, 'failing.ndjson');
    await psstop(...record(file, '--for', '2s'));
    const code = async (played: string, ...more: readonly string[]): Promise<number | null> =>
      (await psstop('replay', played, ...more)).code;
    expect(await code(file, '-r', rules)).toBe(0);
    expect(await code(file, '-r', rules, '--fail-on', 'info')).toBe(1);
    expect(await code(file, '-r', rules, '--fail-on', 'warning')).toBe(1);
    expect(await code(file, '-r', rules, '--fail-on', 'critical')).toBe(0);
    const shadow = own.write(
      'shadow.yaml',
      readFileSync(rules, 'utf8').replace('select:', 'mode: shadow\n    select:'),
    );
    expect(await code(file, '-r', shadow, '--fail-on', 'info')).toBe(0);
    const nothing = own.write('nothing.ndjson', '');
    expect(await code(nothing, '-r', rules, '--fail-on', 'critical')).toBe(3);
    expect(await code(nothing, '-r', rules)).toBe(0);
  });

  it('waits for a slow writer as often as it must, and leaves nothing behind', async () => {
    const wordy = procTree();
    for (let pid = 10; pid < 40; pid += 1) wordy.add({ pid, cmdline: ['node', 'x'.repeat(4000)] });
    const args = ['record', '--proc', wordy.root, '-o', join(own.path, 'wordy.ndjson.gz'), '-i', '100ms'];
    try {
      // Node warns of the eleventh listener that was left behind. A busy machine needs longer for so many snapshots.
      let recorded = await psstop(...args, '--for', '3s');
      if (countOf(recorded) <= 11) recorded = await psstop(...args, '--for', '15s');
      expect(recorded.code).toBe(0);
      expect(countOf(recorded)).toBeGreaterThan(11);
      expect(recorded.stderr).not.toContain('Warning');
    } finally {
      wordy.dispose();
    }
  });

  it('records one name, packs, and ends cleanly at SIGTERM', async () => {
    const file = join(own.path, 'node.ndjson.gz');
    const running = start(record(file, '-p', 'node'));
    await until(() => existsSync(file));
    await sleep(2000);
    running.child.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ code: 0 });
    const lines = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(1);
    for (const { process, exact } of JSON.parse(lines[0] ?? '').processes) {
      expect(process.name).toBe('node');
      expect(exact.pss).toBeGreaterThan(0);
    }
  });

  it('goes through a pipe', async () => {
    const piped = await shell(`psstop ${record('-', '--for', '2s').join(' ')} | psstop replay - -r ${rules}`);
    expect(piped).toMatchObject({ code: 0 });
    expect(piped.stderr).toMatch(/snapshots over /);
  });

  it.each([
    [['record'], 2, /write -o FILE/i],
    [['record', '-o', '/nowhere/x', '--for', '1s', '-i', '200ms'], 1, /can't write \/nowhere\/x: ENOENT/],
    [['replay'], 2, /which recording/],
    [['replay', '/nowhere/x', '-r', 'rules'], 1, /\/nowhere\/x: ENOENT/],
    [
      ['replay', 'x', '-r', 'rules', '--time-scale', '0'],
      2,
      /--time-scale: "0" is no scale: write a number such as 60/,
    ],
    [['replay', 'x', '-r', 'rules', '--fail-on', 'bad'], 2, /--fail-on: "bad" is not info, warning, critical/],
  ])('%j is refused', async (args, code, message) => {
    const call = await psstop(...args);
    expect(call.code).toBe(code);
    expect(call.stderr).toMatch(message);
  });
});
