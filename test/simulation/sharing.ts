/** How sharing changes: copy on write, swap, merging (mm/memory.c, mm/swapfile.c and mm/ksm.c of Linux). */

import { type Block, blocksOf, count, enter, type Faults, newBlock, type Ref, type Space, unmap } from './pages.ts';

/** Writes to the first pages of private memory: what is shared is copied first. */
export function write(ref: Ref, pages: number, faults: Faults): void {
  swapIn(ref, faults);
  if (isExclusive(ref.block)) {
    ref.block.dirty = true;
    return;
  }
  const copied = ref.block.merged ? ref.entries : Math.min(pages, ref.entries);
  if (copied < ref.entries) split(ref.block, copied);
  const { mapping, entries } = ref;
  unmap(ref);
  enter({ mapping, block: newBlock('anon', entries), entries, swapped: false });
  faults.minor += entries;
}

/** Writes anonymous pages to swap: every mapping loses them, and each keeps a share of the slot. */
export function swapOut(block: Block): void {
  if (block.kind !== 'anon') return;
  for (const ref of block.refs) setSwapped(ref, true);
  block.dirty = false;
}

/** Brings pages back for one of the mappings; the others keep their shares of the slots. */
export function swapIn(ref: Ref, faults: Faults): void {
  if (!ref.swapped) return;
  setSwapped(ref, false);
  faults.major += 1;
}

/** Merges pages with equal content into as many frames (KSM): private pages of one kind, each as many entries as frames, or all into one frame. */
export function merge(refs: readonly Ref[], frames: number): void {
  const block: Block = { ...newBlock('anon', frames), merged: true };
  for (const ref of refs) {
    const { mapping, entries } = ref;
    unmap(ref);
    enter({ mapping, block, entries, swapped: false });
  }
}

/** Takes only the first pages out of a mapping: half of a huge page, say. Where others share them, they keep theirs. */
export function unmapPart(ref: Ref, pages: number): void {
  if (pages < ref.entries && !ref.block.merged) split(ref.block, pages);
  unmap(ref);
}

/** Private memory that nobody else maps or has a share of in swap. */
export function isExclusive({ kind, merged, mapped, swapped, frames }: Block): boolean {
  return kind === 'anon' && !merged && swapped === 0 && mapped === frames;
}

/** Blocks that have come to share one fate again become one, up to `most` frames: nothing else would keep them from getting ever smaller. */
export function unite(spaces: Iterable<Space>, most: number): void {
  const byFate = new Map<string, Block>();
  for (const block of blocksOf(spaces)) {
    if (block.kind !== 'anon' || block.merged) continue;
    const fate = fateOf(block);
    const like = byFate.get(fate);
    if (like !== undefined && like.frames + block.frames <= most) join(like, block);
    else byFate.set(fate, block);
  }
}

function fateOf({ dirty, refs }: Block): string {
  const who = [...refs].map(({ mapping, swapped }) => `${mapping.id}${swapped ? 's' : ''}`);
  return `${dirty} ${who.sort().join(' ')}`;
}

function join(into: Block, block: Block): void {
  for (const ref of [...block.refs]) unmap(ref);
  into.frames += block.frames;
  for (const ref of into.refs) {
    count(ref, -1);
    ref.entries = into.frames;
    count(ref, 1);
  }
}

/** The first pages stay what they are, the rest become a block of their own, in every mapping. */
function split(block: Block, pages: number): void {
  const rest: Block = { ...newBlock(block.kind, block.frames - pages), dirty: block.dirty };
  for (const ref of block.refs) {
    count(ref, -1);
    ref.entries = pages;
    count(ref, 1);
    enter({ mapping: ref.mapping, block: rest, entries: rest.frames, swapped: ref.swapped });
  }
  block.frames = pages;
}

function setSwapped(ref: Ref, swapped: boolean): void {
  count(ref, -1);
  ref.swapped = swapped;
  count(ref, 1);
}
