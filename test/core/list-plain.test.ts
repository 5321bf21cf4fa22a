import fc from 'fast-check';
import { expect, test } from 'vitest';
import { list } from '../../src/core/list.ts';
import { formatPlain, plainTotals } from '../../src/core/list-plain.ts';
import { formatList } from '../../src/core/list-text.ts';
import { sample, snapshot } from './world.ts';

const anything = fc.oneof(
  fc.constantFrom('nginx', 'a b', 'größe', 'x\ny', '\\x', '日本'),
  fc.string({ maxLength: 15 }),
);
const ascii = fc.constantFrom('nginx', 'a b', 'app-01', 'a-name-that-is-longer-than-its-title');

/** Processes whose names are all of one kind: where one is special, rows are written another way. */
const crowd = fc.constantFrom(ascii, anything).chain((name) =>
  fc.array(
    fc.record({
      name,
      pss: fc.oneof(fc.nat({ max: 2 ** 20 }), fc.nat({ max: 2 ** 40 })),
      swap: fc.constantFrom(0, 0, 3),
      denied: fc.constantFrom(false, false, true),
    }),
    { minLength: 1 },
  ),
);

test('a plain list reads as the list of the same snapshot', () => {
  fc.assert(
    fc.property(crowd, fc.constantFrom(undefined, 40, 80), (found, width) => {
      const samples = found.map(({ name, pss, swap, denied }, i) =>
        denied
          ? sample({ pid: 10 + i, name, rss: pss * 1024, unread: 'denied' })
          : sample({ pid: 10 + i, name, pss: pss * 1024, swap: swap * 1024 }),
      );
      const taken = snapshot(1000, samples, { gone: found.length % 3 });
      const processes = {
        pids: found.map((_, i) => 10 + i),
        names: found.map(({ name }) => name),
        pss: found.map(({ pss, denied }) => (denied ? -1 : pss)),
        swapPss: found.map(({ swap, denied }) => (denied ? 0 : swap)),
        denied: new Map(found.flatMap(({ pss, denied }, i) => (denied ? [[10 + i, pss * 1024]] : []))),
      };
      const host = { ...taken, processes: [] };
      expect(formatPlain({ processes, totals: plainTotals(processes), host }, width)).toBe(
        formatList(list(taken), width),
      );
    }),
  );
});
