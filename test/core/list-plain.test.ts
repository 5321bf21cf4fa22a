import fc from 'fast-check';
import { expect, test } from 'vitest';
import { list } from '../../src/core/list.ts';
import { formatPlain } from '../../src/core/list-plain.ts';
import { formatList } from '../../src/core/list-text.ts';
import { sample, snapshot } from './world.ts';

const process = fc.record({
  name: fc.oneof(fc.constantFrom('nginx', 'a b', 'größe', 'x\ny', '\\x', '日本'), fc.string({ maxLength: 15 })),
  pss: fc.nat({ max: 2 ** 30 }),
  swap: fc.constantFrom(0, 0, 3),
});

test('a plain list reads as the list of the same snapshot', () => {
  fc.assert(
    fc.property(fc.array(process, { minLength: 1 }), fc.constantFrom(undefined, 40, 80), (found, width) => {
      const samples = found.map(({ name, pss, swap }, i) =>
        sample({ pid: 10 + i, name, pss: pss * 1024, swap: swap * 1024 }),
      );
      const taken = snapshot(1000, samples, { gone: found.length % 3 });
      const plain = {
        pids: found.map((_, i) => 10 + i),
        names: found.map(({ name }) => name),
        pss: found.map(({ pss }) => pss),
        swapPss: found.map(({ swap }) => swap),
      };
      expect(formatPlain(plain, { ...taken, processes: [] }, width)).toBe(formatList(list(taken), width));
    }),
  );
});
