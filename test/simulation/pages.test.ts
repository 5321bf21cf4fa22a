import { describe, expect, test } from 'vitest';
import { countersOf, hostCountersOf, rollupOf } from './figures.ts';
import {
  addMapping,
  dropMapping,
  endSpace,
  extend,
  forkSpace,
  grow,
  type Mapping,
  newSpace,
  type PageFile,
  type Ref,
  refsOf,
  type Space,
  touch,
  unmapAll,
} from './pages.ts';
import { merge, swapIn, swapOut, unite, unmapPart, write } from './sharing.ts';

const faults = { minor: 0, major: 0 };

describe('the arithmetic of the kernel', () => {
  test('a fork shares, a write copies, an exit gives the rest to the survivor', () => {
    const parent = spaceOf(300);
    const child = forkSpace(parent);
    expect(rollupOf(parent)).toMatchObject({ rss: 1200, pss: 600, sharedDirty: 1200, privateDirty: 0 });
    write(refIn(child), 100, faults);
    expect(rollupOf(parent)).toMatchObject({ rss: 1200, pss: 800, pssAnon: 800, sharedDirty: 800, privateDirty: 400 });
    expect(rollupOf(child)).toMatchObject({ rss: 1200, pss: 800 });
    expect(hostCountersOf([parent, child])).toMatchObject({ anon: 400 });
    endSpace(child);
    expect(rollupOf(parent)).toMatchObject({ rss: 1200, pss: 1200, privateDirty: 1200 });
  });

  test('what three share is rounded down once, at the end, to kB', () => {
    const first = spaceOf(1);
    forkSpace(first);
    forkSpace(first);
    expect(rollupOf(first)).toMatchObject({ rss: 4, pss: 1 });
    const [heap] = first.mappings;
    if (heap) grow(heap, 1, faults);
    expect(rollupOf(first)).toMatchObject({ rss: 8, pss: 5 });
  });

  test('a segment counts for those who touched it, and twice for who maps it twice', () => {
    const segment: PageFile = { name: 'segment', kind: 'shmem', blocks: [] };
    const block = extend(segment, 100);
    const [one, other] = [newSpace(), newSpace()];
    touch(addMapping(one, segment), block, faults);
    expect(rollupOf(one)).toMatchObject({ pss: 400, pssShmem: 400, privateDirty: 400 });
    const twice = addMapping(other, segment);
    touch(twice, block, faults);
    touch(addMapping(other, segment), block, faults);
    expect(rollupOf(one)).toMatchObject({ pss: 133, sharedDirty: 400 });
    expect(rollupOf(other)).toMatchObject({ rss: 800, pss: 266 });
    expect(hostCountersOf([one, other])).toEqual({ anon: 0, mapped: 100, swap: 0 });
    dropMapping(twice);
    expect(rollupOf(other).pss).toBe(200);
    unmapAll(block);
    expect(rollupOf(one).rss).toBe(0);
  });

  test('equal pages are one frame, until they are written to', () => {
    const [one, other] = [spaceOf(64), spaceOf(64)];
    merge([refIn(one), refIn(other)], 1);
    expect(rollupOf(one)).toMatchObject({ rss: 256, pss: 2, merged: 256 });
    expect(hostCountersOf([one, other]).anon).toBe(1);
    write(refIn(one), 1, faults);
    expect(rollupOf(one)).toMatchObject({ rss: 256, pss: 256, merged: 0 });
    expect(rollupOf(other)).toMatchObject({ rss: 256, pss: 4, merged: 256 });
  });

  test('swap: every sharer has a part of the slot, and who touches it first has the page alone', () => {
    const parent = spaceOf(100);
    const child = forkSpace(parent);
    for (const { block } of refsOf([parent])) swapOut(block);
    expect(rollupOf(child)).toMatchObject({ rss: 0, pss: 0, swap: 400, swapPss: 200 });
    swapIn(refIn(child), faults);
    expect(rollupOf(child)).toMatchObject({ rss: 400, pss: 400, privateClean: 400, swapPss: 0 });
    expect(rollupOf(parent)).toMatchObject({ rss: 0, swap: 400, swapPss: 400 });
    expect(hostCountersOf([parent, child])).toEqual({ anon: 100, mapped: 0, swap: 100 });
  });

  test('a part is given up, and what has one fate again is one block', () => {
    const parent = spaceOf(512);
    const child = forkSpace(parent);
    unmapPart(refIn(child), 500);
    expect(rollupOf(child)).toMatchObject({ rss: 48, pss: 24 });
    expect(rollupOf(parent)).toMatchObject({ rss: 2048, pss: 2024 });
    endSpace(child);
    expect(refsOf([parent])).toHaveLength(2);
    unite([parent], 1000);
    expect(refsOf([parent])).toHaveLength(1);
    expect(rollupOf(parent)).toMatchObject({ rss: 2048, pss: 2048 });
  });

  test('pages of files are not copied by a fork, unless private ones lie among them', () => {
    const file: PageFile = { name: 'lib', kind: 'file', blocks: [] };
    const block = extend(file, 10);
    const parent = newSpace();
    const mapping: Mapping = addMapping(parent, file);
    touch(mapping, block, faults);
    expect(countersOf(forkSpace(parent)).file).toBe(0);
    grow(mapping, 1, faults);
    expect(countersOf(forkSpace(parent))).toMatchObject({ file: 10, anon: 1 });
  });
});

function spaceOf(pages: number): Space {
  const space = newSpace();
  for (const mapping of space.mappings) grow(mapping, pages, faults);
  return space;
}

/** The first entry. */
function refIn(space: Space): Ref {
  const [ref] = refsOf([space]);
  if (ref === undefined) throw new Error('nothing is mapped');
  return ref;
}
