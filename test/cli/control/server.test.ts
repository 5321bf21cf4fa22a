import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, type Control, openControl, type Question } from '../../../src/cli/control/server.ts';

let folder: string;
let path: string;
let control: Control | undefined;
const asked: Question[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'psstop-control-'));
  path = join(folder, 'run', 'control.sock');
  asked.length = 0;
});
afterEach(async () => {
  await control?.close();
  control = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function open(
  answer: (question: Question) => Promise<Answer> = async () => ({ status: 200, body: { ok: true } }),
) {
  control = await openControl(path, (question) => {
    asked.push(question);
    return answer(question);
  });
}

/** Speaks HTTP as it should be. */
function call(method: string, url: string, body?: string): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const one = request({ socketPath: path, method, path: url }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode, text }));
    });
    one.on('error', reject);
    one.end(body);
  });
}

/** Says whatever is wanted, and waits for the end. */
function speak(text: string): Promise<string> {
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect(path, () => socket.write(text));
    socket.setEncoding('utf8').on('data', (part: string) => {
      heard += part;
    });
    socket.on('error', () => undefined).on('close', () => resolve(heard));
  });
}

describe('the control socket', () => {
  it('answers those who may open its file, and takes the file away at the end', async () => {
    await open(async ({ body }) => ({ status: 201, body }));
    expect(statSync(path).mode & 0o777).toBe(0o660);
    expect(await call('POST', '/silences?a=b', '{"reason":"\u202e"}')).toEqual({
      status: 201,
      text: expect.stringContaining('reason'),
    });
    expect(asked[0]).toMatchObject({ method: 'POST', path: '/silences', body: { reason: '\u202e' } });
    await control?.close();
    control = undefined;
    expect(() => statSync(path)).toThrow('ENOENT');
  });

  it('takes the place of one that died, and not of one that lives', async () => {
    await open();
    await expect(openControl(path, async () => ({ status: 200, body: {} }))).rejects.toThrow('another psstop listens');
    await control?.close();
    // What a process leaves behind that was killed: a socket that nobody listens at.
    const dead = createServer().listen(path);
    await new Promise((resolve) => dead.once('listening', resolve));
    const { renameSync } = await import('node:fs');
    renameSync(path, `${path}.kept`);
    await new Promise((resolve) => dead.close(resolve));
    renameSync(`${path}.kept`, path);
    await open();
    expect(await call('GET', '/')).toMatchObject({ status: 200 });
  });

  it('touches no file that is not a socket', async () => {
    await open();
    await control?.close();
    writeFileSync(path, 'precious');
    await expect(open()).rejects.toThrow();
    expect(statSync(path).size).toBe('precious'.length);
    control = undefined;
  });

  it('refuses what is too long, not JSON, or no HTTP, and goes on', async () => {
    await open();
    expect(await call('POST', '/', 'x'.repeat(70_000))).toMatchObject({ status: 413 });
    expect(await call('POST', '/', '{"a":')).toMatchObject({ status: 400 });
    expect(await call('GET', '/%zz')).toMatchObject({ status: 400 });
    expect(await speak('\u0000\u0001 nonsense\r\n\r\n')).toContain('400 Bad Request');
    expect(asked).toEqual([]);
    expect(await call('GET', '/fine')).toMatchObject({ status: 200 });
  });

  it('says that it failed when an answer does, and goes on', async () => {
    let calls = 0;
    await open(async () => {
      calls += 1;
      if (calls === 1) throw new Error('a bug');
      return { status: 200, body: {} };
    });
    expect(await call('GET', '/')).toEqual({ status: 500, text: '{"error":"a bug"}\n' });
    expect(await call('GET', '/')).toMatchObject({ status: 200 });
  });

  it('waits for nobody for longer than a few seconds, and answers others meanwhile', { timeout: 15_000 }, async () => {
    await open();
    const began = performance.now();
    const slow = speak('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{');
    const silent = speak('');
    expect(await call('GET', '/')).toMatchObject({ status: 200 });
    expect(performance.now() - began).toBeLessThan(3000);
    await Promise.all([slow, silent]);
    expect(performance.now() - began).toBeLessThan(9000);
    expect(asked).toHaveLength(1);
  });
});
