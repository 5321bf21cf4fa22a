import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Action, ActionContext, ActionPlugin } from '../../src/core/types.ts';
import { alertEvent } from './event.ts';

/** The built plugin: Node 20 can't run a thread of TypeScript. */
const { default: plugin } = (await import(new URL('../../build/actions/script.js', import.meta.url).href)) as {
  default: ActionPlugin;
};
const context: ActionContext = { host: 'host', version: '0', proc: '/proc', console: true, live: true };
const folder = mkdtempSync(join(tmpdir(), 'psstop-script-'));
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;

function write(code: string, ending = 'mjs'): string {
  count += 1;
  const file = join(folder, `script${count}.${ending}`);
  writeFileSync(file, code);
  return file;
}

async function make(code: string, options: object = {}): Promise<Action> {
  return plugin.create({ file: write(code), ...options } as never, context);
}

const never = new AbortController().signal;

describe('script', () => {
  it('gives a module the event and its options, and records what it says', async () => {
    const action = await make(
      "export default async (event, { with: { pool } }) => [event.rule, event.target.name, pool].join(' ');",
      { with: { pool: 'web' } },
    );
    const event = alertEvent();
    expect(await action.run(event, never)).toBe(`${event.rule} ${event.target.name} web`);
    expect(await (await make('export default () => undefined;')).run(event, never)).toBe('done');
    expect(await (await make("export default () => 'a\\x1b[2Jb';")).run(event, never)).toBe('a\x1b[2Jb');
  });

  it.each([
    ["export default () => { throw new Error('broken'); };", 'Error', 'broken'],
    ['export const run = () => 1;', 'Error', 'its default export is not a function'],
    ['export default (', 'Error', /Unexpected|Expression/],
    ['export default () => process.exit(3);', 'Error', /ended by itself, with code 3/],
    ["export default (_, { skip }) => { throw skip('nothing there'); };", 'Skip', 'nothing there'],
    ["export default (_, { retry }) => { throw retry('busy', 1500); };", 'Retry', 'busy'],
    [
      'export default () => { setTimeout(() => { throw new Error("later"); }, 1); return new Promise(() => {}); };',
      'Error',
      'later',
    ],
  ])('tells how a module failed: %s', async (code, name, message) => {
    const action = await make(code);
    await expect(action.run(alertEvent(), never)).rejects.toMatchObject({
      name,
      message: expect.stringMatching(message),
      ...(name === 'Retry' && { after: 1500 }),
    });
  });

  it('ends an endless loop at its deadline, and lets a module that heeds the signal come to its end', {
    timeout: 20_000,
  }, async () => {
    const endless = await make('export default () => { for (;;); };', { timeout: '200ms' });
    const began = performance.now();
    await expect(endless.run(alertEvent(), never)).rejects.toThrow(/did not come to an end within 200ms/);
    expect(performance.now() - began).toBeLessThan(endless.timeout + 1_000);
    const heeding = await make(
      "export default (_, { signal }) => signal.aborted ? 'tidied up' : new Promise((resolve) => signal.addEventListener('abort', () => resolve('tidied up')));",
      { timeout: '1s' },
    );
    expect(await heeding.run(alertEvent(), never)).toBe('tidied up');
  });

  it('is ended when psstop stops', { timeout: 20_000 }, async () => {
    const action = await make('export default () => new Promise((resolve) => setTimeout(resolve, 60_000));');
    const stop = new AbortController();
    const run = action.run(alertEvent(), stop.signal);
    setTimeout(() => stop.abort(), 300);
    await expect(run).rejects.toThrow(/ended by itself/);
  });

  it('ends a module that takes too much memory, and nothing else', { timeout: 20_000 }, async () => {
    const action = await make(
      'export default () => { const all = []; for (;;) all.push(new Array(1000).fill({})); };',
      { memory: '16MiB', timeout: '15s' },
    );
    await expect(action.run(alertEvent(), never)).rejects.toThrow(/took more than 16/);
  });

  it('hands on nothing of ours: neither variables nor output', async () => {
    process.env.PSSTOP_TEST_SECRET = 'x';
    try {
      const action = await make(
        "export default () => { console.log('noise'); return String(process.env.PSSTOP_TEST_SECRET); };",
      );
      expect(await action.run(alertEvent(), never)).toBe('undefined');
    } finally {
      delete process.env.PSSTOP_TEST_SECRET;
    }
  });

  it('refuses a module that is not there, is none, or could be changed by others', async () => {
    const create = (options: object): Promise<Action> => Promise.resolve(plugin.create(options as never, context));
    await expect(create({})).rejects.toMatchObject({ path: ['file'] });
    await expect(create({ file: join(folder, 'none.js') })).rejects.toThrow(/there is no file/);
    await expect(create({ file: '/etc/passwd' })).rejects.toThrow(/is no module/);
    const open = write('export default () => 1;');
    chmodSync(open, 0o666);
    await expect(create({ file: open })).rejects.toThrow(/others can write to/);
    await expect(create({ file: write('export default () => 1;'), memory: '1MiB' })).rejects.toMatchObject({
      path: ['memory'],
    });
    // It is looked at again right before it runs.
    const later = write('export default () => 1;');
    const action = await create({ file: later });
    chmodSync(later, 0o666);
    await expect(action.run(alertEvent(), never)).rejects.toThrow(/others can write to/);
  });

  it('runs TypeScript where Node strips types, and else says what is needed', async () => {
    const file = write("export default (event: { rule: string }): string => 'of ' + event.rule;", 'ts');
    const strips = Boolean((process.features as { typescript?: unknown }).typescript);
    const made = Promise.resolve(plugin.create({ file } as never, context));
    if (strips) expect(await (await made).run(alertEvent(), never)).toMatch(/^of /);
    else await expect(made).rejects.toThrow(/TypeScript modules need Node\.js 22\.18, 23\.6 or newer, and this is 2/);
  });
});
