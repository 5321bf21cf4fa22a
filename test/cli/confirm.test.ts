import { expect, it } from 'vitest';
import { confirmBy } from '../../src/cli/watch/confirm.ts';
import { Skip } from '../../src/core/errors.ts';
import type { AlertEvent, ExactReading, UnreadReason } from '../../src/core/types.ts';
import { MiB, sample } from '../core/world.ts';

/** An event that names these processes, each of which is found as said. */
async function confirm(found: readonly (number | UnreadReason)[]): Promise<string> {
  const asked: string[] = [];
  const processes = found.map((_, index) => ({ pid: 10 + index, start: 5, name: `we\u001bb${index}` }));
  const source = {
    async reread(pid: number, start: number): Promise<ExactReading | UnreadReason> {
      asked.push(`${pid}.${start}`);
      const one = found[pid - 10] ?? 'gone';
      return typeof one === 'string' ? one : (sample({ pid, pss: one * MiB }).exact as ExactReading);
    },
  };
  const said = await confirmBy(source)({ target: { processes } } as unknown as AlertEvent);
  expect(asked).toEqual(processes.map(({ pid, start }) => `${pid}.${start}`));
  return said;
}

it('says what was found', async () => {
  expect(await confirm([612])).toBe('read again right before: 612 MiB');
  expect(await confirm([100, 'gone', 30, 'stuck', 'stuck'])).toBe(
    'read again right before: 130 MiB in 2 processes, 1 gone, 2 stuck',
  );
  expect(await confirm(['denied'])).toBe('read again right before: 1 denied');
});

it('leaves it be where all are gone, and names them as they call themselves: who shows it escapes it', async () => {
  const failure = await confirm(['gone', 'gone']).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Skip);
  expect(String(failure)).toBe('Skip: already gone: we\u001bb0 (10), we\u001bb1 (11)');
});
