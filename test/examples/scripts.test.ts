import { expect, it } from 'vitest';
import type { ConditionPlugin } from '../../src/core/types.ts';
import { follow } from '../conditions/target.ts';
import { MiB, sample } from '../core/world.ts';

const SHARE = new URL('../../examples/scripts/share.mjs', import.meta.url).pathname;

it('the script in the examples tells when workers hold more each than they may', async () => {
  // Built: Node 20 can't run a thread of TypeScript.
  const built = (await import(new URL('../../build/conditions/script.js', import.meta.url).href)) as {
    default: ConditionPlugin;
  };
  const options = { file: SHARE, needs: ['pss'], with: { most: 100 * MiB } };
  const followed = follow(await built.default.create(options as never, undefined as never));
  const workers = (mib: number) => [7, 8].map((pid) => sample({ pid, pss: mib * MiB }));
  const verdict = followed.ask({ members: workers(120) });
  expect(verdict).toMatchObject({ met: true, value: 120 * MiB, limit: 100 * MiB, unit: 'bytes' });
  expect(verdict?.because()).toBe('2 hold so much each');
  expect(followed.ask({ members: workers(90) })?.met).toBe(false);
});
