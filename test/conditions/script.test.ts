import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Condition, ConditionPlugin } from '../../src/core/types.ts';
import { MiB, sample } from '../core/world.ts';
import { follow, type Moment } from './target.ts';

/** The built plugin: Node 20 can't run a thread of TypeScript. */
const { default: plugin } = (await import(new URL('../../build/conditions/script.js', import.meta.url).href)) as {
  default: ConditionPlugin;
};
const folder = mkdtempSync(join(tmpdir(), 'psstop-script-'));
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;

function write(code: string): string {
  count += 1;
  const file = join(folder, `script${count}.mjs`);
  writeFileSync(file, code);
  return file;
}

async function make(code: string, options: object = {}): Promise<Condition> {
  return plugin.create({ file: write(code), ...options } as never, undefined as never);
}

const web: Moment = { members: [sample({ pid: 7, pss: 300 * MiB }), sample({ pid: 8, pss: 200 * MiB })] };

describe('script', () => {
  it('is asked of a target as it is in the snapshot at hand', async () => {
    const condition = await make(
      `export default ({ measures: { pss }, processes, name }, { with: { most } }) => ({
        met: pss.low > most, value: pss.low, limit: most, unit: 'bytes', because: name + ' has ' + processes.length });`,
      { with: { most: 400 * MiB }, needs: ['pss'] },
    );
    const followed = follow(condition);
    const verdict = followed.ask(web);
    expect(verdict).toMatchObject({ met: true, value: 500 * MiB, limit: 400 * MiB, unit: 'bytes' });
    expect(verdict?.because()).toBe('web has 2');
    expect(followed.ask({ members: [sample({ pid: 7, pss: MiB })] })?.met).toBe(false);
  });

  it.each([
    ['true', { met: true, value: 1, limit: 1, unit: 'count' }],
    ['false', { met: false, value: 0 }],
    ['Promise.resolve(true)', { met: true }],
    ['undefined', undefined],
  ])('may answer %s', async (answer, verdict) => {
    const asked = follow(await make(`export default () => ${answer};`)).ask(web);
    if (verdict === undefined) expect(asked).toBeUndefined();
    else expect(asked).toMatchObject(verdict);
  });

  it('asks for what it needs to be read, and not the module while that is not known', async () => {
    const condition = await make('export default () => true;', { needs: ['pss', 'count'] });
    const target = follow(condition).at({ members: [sample({ pid: 7, rss: MiB })] });
    expect(condition.doubts?.(target)).toEqual([{ measure: 'pss' }]);
    expect(condition.test(target)).toBeUndefined();
  });

  it.each([
    ["export default () => { throw new Error('broken'); };", /script\d+\.mjs: broken$/],
    ['export default 7;', /its default export is not a function/],
    ['export default (', /Unexpected|Expression/],
    ['export default () => "perhaps";', /answered "perhaps": write true, false or/],
    ['export default () => ({ met: true, value: NaN });', /answered \{"met":true,"value":null\}/],
    ['export default () => ({ met: () => 1 });', /can not be copied/],
    ['export default () => process.exit(1);', /did not answer/],
  ])('tells what is wrong with %s, and leaves it alone for a while', async (code, message) => {
    const followed = follow(await make(code));
    expect(() => followed.ask({ ...web, seconds: 1000 })).toThrow(message);
    expect(followed.ask({ ...web, seconds: 1059 })).toBeUndefined();
    expect(() => followed.ask({ ...web, seconds: 1060 })).toThrow(message);
    // Twice as long from then on.
    expect(followed.ask({ ...web, seconds: 1179 })).toBeUndefined();
  });

  it('ends an endless loop at its deadline, and the others go on', { timeout: 20_000 }, async () => {
    const other = follow(await make('let asked = 0; export default () => ({ met: true, value: ++asked });'));
    expect(other.ask(web)?.value).toBe(1);
    const endless = follow(await make('let n = 0; export default () => { while (n > 0); n += 1; return true; };'));
    expect(endless.ask({ ...web, seconds: 1000 })?.met).toBe(true);
    const began = performance.now();
    expect(() => endless.ask({ ...web, seconds: 1005 })).toThrow(/did not answer within 100ms/);
    expect(performance.now() - began).toBeLessThan(1_000);
    // In another thread: what it remembered is gone.
    expect(other.ask(web)?.value).toBe(1);
    expect(other.ask(web)?.value).toBe(2);
  });

  it('takes less than a millisecond when asked again', async () => {
    const followed = follow(await make('export default () => true;'));
    followed.ask(web);
    const took = Array.from({ length: 200 }, () => {
      const began = performance.now();
      followed.ask(web);
      return performance.now() - began;
    }).sort((a, b) => a - b);
    expect(took[100]).toBeLessThan(1);
  });

  it('refuses a module that others could have changed, and times that would hold up the daemon', async () => {
    const create = (options: object): Promise<Condition> =>
      Promise.resolve(plugin.create(options as never, undefined as never));
    const file = write('export default () => true;');
    await expect(create({ file, timeout: '2s' })).rejects.toMatchObject({ path: ['timeout'] });
    chmodSync(file, 0o666);
    await expect(create({ file })).rejects.toThrow(/others can write to/);
    await expect(create({ file: join(folder, 'none.mjs') })).rejects.toMatchObject({ path: ['file'] });
  });
});
