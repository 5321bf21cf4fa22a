import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import log from '../../src/actions/log.ts';
import { localTime, textLine } from '../../src/actions/record/line.ts';
import { writeLine } from '../../src/actions/record/stream.ts';
import { OptionError, Retry } from '../../src/core/errors.ts';
import { actionContext, alertEvent, calm, given, HOSTILE } from './event.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'psstop-log-'));
  file = join(folder, 'alerts.log');
});
afterEach(() => rmSync(folder, { recursive: true }));

const lines = (path: string = file): string[] => readFileSync(path, 'utf8').split('\n').slice(0, -1);

describe('a line of text', () => {
  test('says when, how bad, what, which rule, which target and the message', () => {
    const [time, ...rest] = textLine(alertEvent()).split(' ');
    expect(new Date(time ?? '').getTime()).toBe(alertEvent().time);
    expect(time).toMatch(/[+-]\d\d:\d\d$/);
    expect(rest.join(' ')).toBe('critical fired web-over-budget nginx nginx holds 612 MiB of 500 MiB');
  });

  test('quotes a target with blanks and says why an alert was resolved', () => {
    const line = textLine(alertEvent({ kind: 'resolved', reason: 'rule removed', target: { name: 'Web "Content"' } }));
    expect(line).toContain(' "resolved:rule removed" web-over-budget "Web \\"Content\\"" ');
  });

  test('stays one harmless line whatever a process calls itself', () => {
    const line = textLine(alertEvent({ message: HOSTILE, target: { name: HOSTILE } }));
    expect(line).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(line).toContain('evil\\n<2>\\x1b[2J\\u202e');
  });

  test('gives the offset of the time zone, with its half hours', () => {
    const here = localTime(0);
    expect(new Date(here).getTime()).toBe(0);
    const before = process.env.TZ;
    try {
      process.env.TZ = 'Asia/Kolkata';
      expect(localTime(0)).toBe('1970-01-01T05:30:00.000+05:30');
      process.env.TZ = 'America/St_Johns';
      expect(localTime(0)).toBe('1969-12-31T20:30:00.000-03:30');
    } finally {
      if (before === undefined) delete process.env.TZ;
      else process.env.TZ = before;
    }
  });
});

describe('a log file', () => {
  test('is made for the owner and the group, and appended to', async () => {
    writeFileSync(file, 'before\n', { mode: 0o600 });
    const action = await log.create(given({ file }), actionContext());
    expect(await action.run(alertEvent(), calm())).toBe(`written to ${file}`);
    await action.close?.();
    expect(lines()).toEqual(['before', textLine(alertEvent())]);
    const fresh = join(folder, 'fresh.log');
    await (await log.create(given({ file: fresh }), actionContext())).close?.();
    expect(statSync(fresh).mode & 0o137).toBe(0);
  });

  test('takes the whole event as one line of JSON', async () => {
    const action = await log.create(given({ file, format: 'ndjson' }), actionContext());
    const event = alertEvent({ message: `${HOSTILE}\u2028\u0085` });
    await action.run(event, calm());
    await action.close?.();
    const [line = ''] = lines();
    expect(line).not.toMatch(/[\p{Cc}\u2028\u202e]/u);
    expect(JSON.parse(line)).toEqual(event);
  });

  test('begins with the level that journald reads when asked to', async () => {
    const action = await log.create(given({ file, priority: true }), actionContext());
    await action.run(alertEvent(), calm());
    await action.run(alertEvent({ severity: 'warning' }), calm());
    await action.run(alertEvent({ kind: 'resolved' }), calm());
    await action.close?.();
    expect(lines().map((line) => line.slice(0, 3))).toEqual(['<2>', '<4>', '<6>']);
  });

  test('is followed when logrotate moves it away, and when told', async () => {
    const action = await log.create(given({ file }), actionContext());
    await action.run(alertEvent({ rule: 'first' }), calm());
    renameSync(file, `${file}.1`);
    await action.run(alertEvent({ rule: 'second' }), calm());
    renameSync(file, `${file}.2`);
    writeFileSync(file, '');
    action.reopen?.();
    await Promise.all(['third', 'fourth'].map((rule) => action.run(alertEvent({ rule }), calm())));
    await action.close?.();
    expect(lines(`${file}.1`)).toHaveLength(1);
    expect(lines(`${file}.2`).join()).toContain('second');
    expect(lines().map((line) => line.split(' ')[3])).toEqual(['third', 'fourth']);
  });

  test('goes on at the end after copytruncate', async () => {
    const action = await log.create(given({ file }), actionContext());
    await action.run(alertEvent({ rule: 'first' }), calm());
    writeFileSync(file, '');
    await action.run(alertEvent({ rule: 'second' }), calm());
    await action.close?.();
    expect(lines()).toHaveLength(1);
  });

  test('is never a link, a pipe or a folder', async () => {
    const other = join(folder, 'other');
    writeFileSync(other, '');
    symlinkSync(other, join(folder, 'soft'));
    linkSync(other, join(folder, 'hard'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    for (const [name, word] of [
      ['soft', /symbolic link/],
      ['hard', /2 hard links/],
      ['pipe', /not a regular file/],
      ['.', /folder/],
      ['none/x', /folder does not exist/],
    ] as const) {
      const creating = async (): Promise<unknown> => log.create(given({ file: join(folder, name) }), actionContext());
      await expect(creating()).rejects.toThrow(OptionError);
      await expect(creating()).rejects.toThrow(word);
    }
    expect(readFileSync(other, 'utf8')).toBe('');
  });

  test('that turns into a link later is refused for good', async () => {
    const action = await log.create(given({ file }), actionContext());
    rmSync(file);
    symlinkSync('/etc/hostname', file);
    await expect(action.run(alertEvent(), calm())).rejects.toThrow(/refused to write .*symbolic link/);
    await expect(action.run(alertEvent(), calm())).rejects.not.toThrow(Retry);
    await action.close?.();
  });

  test('that can not be written just now is a reason to try again', async () => {
    const action = await log.create(given({ file }), actionContext());
    rmSync(folder, { recursive: true });
    await expect(action.run(alertEvent(), calm())).rejects.toThrow(Retry);
    execFileSync('mkdir', [folder]);
    await action.run(alertEvent(), calm());
    await action.close?.();
    expect(lines()).toHaveLength(1);
  });

  test.skipIf(!canMount())('on a full disk loses no other line than the one it had no room for', async () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8k', 'psstop-test', folder]);
    try {
      const action = await log.create(given({ file }), actionContext());
      await action.run(alertEvent({ rule: 'first' }), calm());
      const filling = action.run(alertEvent({ message: 'x'.repeat(20_000) }), calm());
      await expect(filling).rejects.toThrow(Retry);
      await expect(filling).rejects.toThrow(/ENOSPC/);
      execFileSync('mount', ['-o', 'remount,size=64k', folder]);
      await action.run(alertEvent({ rule: 'last' }), calm());
      await action.close?.();
      expect(lines()[0]).toContain(' first ');
      expect(lines().at(-1)).toBe(textLine(alertEvent({ rule: 'last' })));
    } finally {
      execFileSync('umount', [folder]);
    }
  });

  test('is not touched while rules are only checked', async () => {
    await log.create(given({ file }), actionContext({ live: false }));
    expect(existsSync(file)).toBe(false);
  });
});

describe('a log to a stream', () => {
  test('says nothing twice', async () => {
    const action = await log.create(given({}), actionContext({ console: true }));
    expect(await action.run(alertEvent(), calm())).toMatch(/already on standard output/);
  });

  test('can not be a file as well', () => {
    expect(() => log.create(given({ file, to: 'stderr' }), actionContext())).toThrow(/remove file or to/);
  });

  test('waits until the line is taken', async () => {
    const out = new PassThrough();
    await writeLine(out, 'a line', calm());
    expect(String(out.read())).toBe('a line\n');
  });

  test('neither ends the process nor passes silently when the reader is gone', async () => {
    const out = new Writable({ write: (_chunk, _encoding, done) => done(new Error('write EPIPE')) });
    await expect(writeLine(out, 'a line', calm())).rejects.toThrow(/EPIPE/);
    await new Promise(setImmediate);
  });

  test('keeps only so much for a reader that does not read', async () => {
    const out = new Writable({ write: () => undefined });
    out.write('x'.repeat(2 << 20));
    expect(() => writeLine(out, 'a line', calm())).toThrow(Retry);
  });

  test('gives up waiting when told to', async () => {
    const out = new Writable({ write: () => undefined });
    await expect(writeLine(out, 'a line', AbortSignal.timeout(20))).rejects.toThrow(/not taken it in time/);
  });
});

/** A file system of our own, to fill it up: only root may have one. */
function canMount(): boolean {
  const place = mkdtempSync(join(tmpdir(), 'psstop-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'psstop-test', place], { stdio: 'ignore' });
    execFileSync('umount', [place]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(place, { recursive: true });
  }
}
