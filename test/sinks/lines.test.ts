import { execFileSync } from 'node:child_process';
import { closeSync, fstatSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { ActiveAlert, Delivery } from '../../src/core/types.ts';
import { type LinesOptions, linesSink } from '../../src/sinks/text/lines-sink.ts';
import { isJournal, lastingOutput } from '../../src/sinks/text/standard-output.ts';
import { until } from './context.ts';
import { alertEvent, MiB, notice, snapshot } from './made-up.ts';

const STYLE: LinesOptions = { format: 'text', priority: false, heartbeat: 0 };

function collect(options: Partial<LinesOptions> = {}): { sink: ReturnType<typeof linesSink>; text: () => string } {
  const out = new PassThrough();
  let text = '';
  out.on('data', (data) => {
    text += data;
  });
  return { sink: linesSink(out, { ...STYLE, ...options }), text: () => text };
}

/** Writes ten numbered lines, then five with room for so many bytes in the file, for each of the arguments, then five more. */
const FILLING = `
import { execFileSync } from 'node:child_process';
import { lastingOutput } from '${new URL('../../build/sinks/text/standard-output.js', import.meta.url)}';
const out = lastingOutput(process.stdout, { format: 'text', priority: false });
let next = 0;
async function write(count) {
  for (let i = 0; i < count; i += 1) await new Promise((done) => out.write(\`line \${next++}.\\n\`, done));
}
await write(10);
for (const room of [...process.argv.slice(1), 'unlimited']) {
  execFileSync('prlimit', ['--pid', String(process.pid), '--fsize=' + room + ':']);
  await write(5);
}`;

const DELIVERY: Delivery = {
  ...{ type: 'delivery', event: 'a1-fired', action: 'mail', rule: 'web-memory', target: 'nginx', kind: 'fired' },
  ...{ attempts: 3, outcome: 'failed', reason: '550 no such user', time: Date.UTC(2026, 0, 2), took: 10 },
};

describe('the lines sink', () => {
  it('writes one line for each thing that happens', async () => {
    const { sink, text } = collect();
    sink.event?.(notice());
    sink.event?.(alertEvent({ kind: 'pending' }));
    sink.event?.(alertEvent());
    sink.event?.(alertEvent({ kind: 'resolved', reason: 'exited', mode: 'dry-run' }));
    sink.event?.(alertEvent({ mode: 'shadow' }));
    sink.delivery?.(DELIVERY);
    sink.delivery?.({ ...DELIVERY, outcome: 'done' });
    await until(() => text().includes('failed'));
    expect(text().split('\n')).toEqual([
      '2026-01-02T03:04:05.000Z notice started: psstop 0.1.0 watches web-1',
      '2026-01-02T03:04:05.000Z fired warning web-memory: nginx: pss 600 MiB is above 500 MiB',
      '2026-01-02T03:04:05.000Z resolved exited after 1m web-memory: nginx: pss 600 MiB is above 500 MiB [dry-run]',
      '2026-01-02T00:00:00.000Z failed mail web-memory: nginx: 550 no such user, given up after 3 attempts',
      '',
    ]);
  });

  it('gives a sign of life at its interval, with what is firing', async () => {
    const active: ActiveAlert[] = [];
    const { sink, text } = collect({ heartbeat: 60_000, alerts: () => active });
    const processes = [
      { name: 'nginx', pss: 30 * MiB },
      { name: 'dark', rss: 10 * MiB },
    ];
    sink.snapshot?.(snapshot(processes));
    const alert = {
      rule: 'r',
      severity: 'warning',
      labels: {},
      by: 'name',
      target: 'nginx',
      alert: 'a',
      since: 0,
    } as const;
    active.push({ ...alert, firing: true }, { ...alert, firing: false });
    for (const second of [30, 59, 60, 61]) sink.snapshot?.(snapshot(processes, second));
    await until(() => text().includes('03:05:05'));
    const alive = text()
      .split('\n')
      .filter((line) => line.includes('alive'));
    expect(alive).toEqual([
      '2026-01-02T03:04:05.000Z alive 2 processes, PSS 30.0 MiB, 75.0 % covered (1 denied), 0 firing, 1 read in 12ms (CPU 9ms, longest 2ms)',
      '2026-01-02T03:05:05.000Z alive 2 processes, PSS 30.0 MiB, 75.0 % covered (1 denied), 1 firing, 1 read in 12ms (CPU 9ms, longest 2ms)',
    ]);
  });

  it('says that nobody knows how much is covered where the host does not tell how much there is', async () => {
    const { sink, text } = collect({ heartbeat: 1000 });
    const taken = snapshot([{ name: 'web', pss: MiB }]);
    sink.snapshot?.({ ...taken, memory: { ...taken.memory, anon: 0, mapped: 0 } });
    await until(() => text().includes('alive'));
    expect(text()).toContain('PSS 1.00 MiB, coverage not known, 0 firing');
  });

  it('is not put off by a snapshot that comes a moment early', async () => {
    const { sink, text } = collect({ heartbeat: 1000 });
    for (const second of [0, 0.999, 2.001, 2.998]) sink.snapshot?.(snapshot([{ name: 'web', pss: MiB }], second));
    await until(() => text().split(' alive ').length === 5);
  });

  it('says in it what the rules could not decide, and that a sum of older readings is one', async () => {
    const open = { measure: 'pss', unit: 'bytes', atLeast: 0, atMost: 90 * MiB, limit: 50 * MiB } as const;
    const undecided = [{ rule: 'r', severity: 'warning', target: 'web', since: 900_000, open: [open] }] as const;
    const processes = [
      { name: 'web', pss: 30 * MiB, rss: 90 * MiB, ago: 12, unread: 'postponed' },
      { name: 'new', rss: MiB, unread: false },
    ] as const;
    const told: string[] = [];
    for (const format of ['text', 'ndjson'] as const) {
      const { sink, text } = collect({ heartbeat: 60_000, format, undecided: () => undecided });
      sink.snapshot?.(snapshot(processes));
      await until(() => text().includes('\n'));
      told.push(text());
    }
    expect(told[0]).toMatch(/alive 2 processes, PSS ~30\.0 MiB, .* \(1 postponed\), 0 firing, 1 undecided, 0 read in /);
    const data = JSON.parse(told[1] ?? '');
    expect(data).toMatchObject({ pss: 30 * MiB, pssFrom: 'old-readings', undecided: 1, waiting: undecided });
    expect(data.readings).toEqual({ now: 0, earlier: 1, never: 1, oldest: 12_000 });
  });

  it('does not say 0 B where nothing was read yet', async () => {
    const { sink, text } = collect({ heartbeat: 60_000, format: 'text' });
    sink.snapshot?.(snapshot([{ name: 'new', rss: MiB, unread: false }]));
    await until(() => text().includes('\n'));
    expect(text()).toContain('alive 1 process, PSS not read yet, ');
  });

  it('takes what all hold from the kernel, where all are seen', async () => {
    const { sink, text } = collect({ heartbeat: 60_000, format: 'ndjson' });
    const taken = snapshot([{ name: 'web', rss: 90 * MiB, unread: false }]);
    const bounds = { low: 0, high: 100 * MiB };
    const memory = { ...taken.memory, anon: 70 * MiB, mapped: 5 * MiB, held: { anon: bounds, mapped: bounds } };
    sink.snapshot?.({ ...taken, memory });
    await until(() => text().includes('\n'));
    expect(JSON.parse(text())).toMatchObject({ pss: 75 * MiB, pssFrom: 'kernel' });
  });

  it('gives journald priorities that no name can forge', async () => {
    const { sink, text } = collect({ priority: true, pending: true });
    sink.event?.(alertEvent({ severity: 'critical', message: 'evil\n<0>forged \x1b[2J' }));
    sink.event?.(alertEvent({ kind: 'pending' }));
    sink.delivery?.(DELIVERY);
    await until(() => text().includes('<3>'));
    expect(text().split('\n')).toEqual([
      '<2>fired critical web-memory: evil\\n<0>forged \\x1b[2J',
      '<7>pending warning web-memory: nginx: pss 600 MiB is above 500 MiB',
      '<3>failed mail web-memory: nginx: 550 no such user, given up after 3 attempts',
      '',
    ]);
  });

  it('writes JSON a program can read back', async () => {
    const { sink, text } = collect({ format: 'ndjson', heartbeat: 1000 });
    sink.snapshot?.(snapshot([{ name: 'nginx', pss: MiB }]));
    sink.event?.(alertEvent({ message: 'a\u2028b' }));
    await until(() => text().includes('a1-fired'));
    const [alive, fired] = text()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(alive).toMatchObject({ type: 'heartbeat', pss: MiB, coverage: 1, firing: 0, processes: 1 });
    expect(fired).toEqual(alertEvent({ message: 'a\u2028b' }));
  });

  it('ends quietly when the reader is gone, and says so once', async () => {
    const server = createServer((socket) => socket.resetAndDestroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const socket: Socket = connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.1');
    const closed: string[] = [];
    const sink = linesSink(socket, { ...STYLE, onClosed: (error) => closed.push(error.code ?? '') });
    for (let i = 0; i < 200 && closed.length === 0; i += 1) {
      sink.event?.(notice());
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    sink.event?.(notice());
    expect(closed).toHaveLength(1);
    expect(closed[0]).toMatch(/EPIPE|ECONNRESET/);
    server.close();
  });

  it('bounds what waits for a reader that does not read, and says how much it dropped', async () => {
    const written: string[] = [];
    const held: (() => void)[] = [];
    const slow = new Writable({
      decodeStrings: false,
      write(chunk, _encoding, done): void {
        written.push(chunk);
        held.push(done);
      },
    });
    const sink = linesSink(slow, { ...STYLE, waiting: 10_000 });
    for (let i = 0; i < 5000; i += 1) sink.event?.(notice({ message: `line ${i}` }));
    expect(slow.writableLength).toBeLessThan(10_200);
    for (let i = 0; i < 6000 && slow.writableLength > 0; i += 1) {
      held.shift()?.();
      await Promise.resolve();
    }
    const kept = written.length;
    sink.event?.(notice({ message: 'at last' }));
    for (let i = 0; i < 10; i += 1) {
      held.shift()?.();
      await Promise.resolve();
    }
    expect(written[kept]).toContain(`${5000 - kept} lines are missing here: nobody read them`);
    expect(written[kept + 1]).toContain('at last');
  });
});

describe('closing the lines sink', () => {
  it('waits until the last line has left', async () => {
    const written: string[] = [];
    const slow = new Writable({
      decodeStrings: false,
      write(chunk, _encoding, done): void {
        setTimeout(() => {
          written.push(chunk);
          done();
        }, 10);
      },
    });
    const sink = linesSink(slow, STYLE);
    for (let i = 0; i < 5; i += 1) sink.event?.(notice({ message: `line ${i}` }));
    await sink.close?.();
    expect(written.join('')).toContain('line 4');
  });

  it('waits no longer than a second for a reader that does not read', async () => {
    const stuck = new Writable({ write: () => undefined });
    const sink = linesSink(stuck, STYLE);
    sink.event?.(notice());
    const begin = performance.now();
    await sink.close?.();
    expect(performance.now() - begin).toBeLessThan(1500);
  });
});

describe('standard output', () => {
  it('knows journald by device and inode', () => {
    const fd = openSync('/dev/null', 'w');
    const { dev, ino } = fstatSync(fd);
    expect(isJournal(fd, `${dev}:${ino}`)).toBe(true);
    expect(isJournal(fd, `${dev}:${ino + 1}`)).toBe(false);
    expect(isJournal(fd, undefined)).toBe(false);
    closeSync(fd);
  });

  // The last room is too small for the notice itself, or for all of it and the next line.
  it.each([[[80]], [[83]], [[80, 90]], [[80, 140, 200]], [[80, 80, 205]], [[0]]])(
    'on a disk that is full after %j bytes writes on when it is not, and says how many lines are missing',
    (room) => {
      const file = join(mkdtempSync(join(tmpdir(), 'psstop-lines-')), 'out');
      const fd = openSync(file, 'a');
      execFileSync(process.execPath, ['--input-type=module', '-e', FILLING, ...room.map(String)], {
        stdio: ['ignore', fd, 'inherit'],
      });
      closeSync(fd);
      const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
      rmSync(dirname(file), { recursive: true });
      const whole = lines.flatMap((line) => /^line (\d+)\.$/.exec(line)?.[1] ?? []).map(Number);
      expect(whole).toEqual([...new Set(whole)].sort((a, b) => a - b));
      expect(whole.slice(-5)).toEqual([...Array(5).keys()].map((index) => 10 + room.length * 5 + index));
      const notices = lines.flatMap(
        (line) => /^\S+ notice sink-failed: (\d+) lines? (?:is|are) missing here: EFBIG/.exec(line)?.[1] ?? [],
      );
      const missing = notices.reduce((sum, count) => sum + Number(count), 0);
      expect(whole.length + missing).toBe(15 + room.length * 5);
      // Whatever else is there is the half of a line, or of a notice.
      expect(lines.length - whole.length - notices.length).toBeLessThanOrEqual(room.length);
    },
  );

  it('writes a file in order', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'psstop-lines-'));
    const fd = openSync(join(folder, 'out'), 'a');
    const out = lastingOutput(Object.assign(new PassThrough(), { fd }), STYLE);
    for (let i = 0; i < 100; i += 1) out.write(`${i}\n`);
    await new Promise<void>((resolve) => out.end(resolve));
    closeSync(fd);
    expect(readFileSync(join(folder, 'out'), 'utf8').trimEnd().split('\n').map(Number)).toEqual([...Array(100).keys()]);
    rmSync(folder, { recursive: true });
  });
});
