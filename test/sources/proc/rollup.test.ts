import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addLines, addRollup, nameHash, SUM, SUMS, type Sums } from '../../../src/sources/proc/rollup.ts';
import { rollupText } from '../proc-tree.ts';

const fresh = (): Sums => ({ sums: new Float64Array(SUMS), seen: new Uint32Array(1) });

/** Every name that kernels up to 6.18 write into smaps and smaps_rollup. */
const NAMES =
  'Size KernelPageSize MMUPageSize Rss Pss Pss_Dirty Pss_Anon Pss_File Pss_Shmem Shared_Clean Shared_Dirty Private_Clean Private_Dirty Referenced Anonymous KSM LazyFree AnonHugePages ShmemPmdMapped FilePmdMapped Shared_Hugetlb Private_Hugetlb Swap SwapPss Locked THPeligible ProtectionKey VmFlags'.split(
    ' ',
  );

test('no two names of the kernel are taken for each other', () => {
  expect(new Set(NAMES.map(nameHash)).size).toBe(NAMES.length);
});

test('SwapPss, Pss_Dirty and the like are not counted as Pss', () => {
  const into = fresh();
  const text = Buffer.from(rollupText({ rss: 900, pss: 300, uss: 200, swapPss: 50 }));
  expect(addLines(text, text.length, into)).toBe(text.length);
  expect(into.sums[SUM.pss]).toBe(300);
  expect(into.sums[SUM.rss]).toBe(900);
  expect(into.sums[SUM.swapPss]).toBe(50);
});

test('the quick way over a text of known layout finds what the careful way finds', () => {
  const size = fc.integer({ min: 0, max: 200_000_000 });
  fc.assert(
    fc.property(fc.record({ rss: size, pss: size, uss: size, swapPss: size }), (figures) => {
      const text = Buffer.from(rollupText(figures));
      const [quick, careful] = [fresh(), fresh()];
      expect(addRollup(text, text.length, quick)).toBe(addLines(text, text.length, careful));
      expect(quick).toEqual(careful);
    }),
  );
});

test('garbage gives no figure, no exception and no NaN', () => {
  const valid = rollupText({ pss: 1 });
  const garbage = fc.oneof(
    fc.uint8Array({ maxLength: 900 }).map((bytes) => Buffer.from(bytes)),
    fc
      .tuple(fc.nat(valid.length - 1), fc.string({ maxLength: 40 }))
      .map(([at, text]) => Buffer.from(valid.slice(0, at) + text + valid.slice(at + text.length))),
    fc.nat(valid.length).map((length) => Buffer.from(valid.slice(0, length))),
  );
  fc.assert(
    fc.property(garbage, (text) => {
      for (const add of [addLines, addRollup]) {
        const into = fresh();
        expect(add(text, text.length, into)).toBeLessThanOrEqual(text.length);
        expect(into.sums.every((sum) => Number.isFinite(sum) && sum >= 0)).toBe(true);
      }
    }),
    { numRuns: 2000 },
  );
});
