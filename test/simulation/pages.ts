/**
 * How pages are shared, as mm/memory.c, mm/rmap.c, mm/swapfile.c and mm/ksm.c of Linux do it, with one simplification: frames are
 * handled in blocks that have one fate, and a block is split where their fates part.
 */

/** Frames that are mapped, shared and swapped alike. */
export interface Block {
  readonly kind: 'anon' | 'file' | 'shmem';
  frames: number;
  /** Page table entries that map its frames, and those that hold its swap slots: all entries of one frame have equal shares. */
  mapped: number;
  swapped: number;
  dirty: boolean;
  /** Equal pages that the kernel has merged: one frame may stand for many entries of one address space. */
  readonly merged: boolean;
  readonly refs: Set<Ref>;
}

/** The entries of one mapping that lead to one block. */
export interface Ref {
  readonly mapping: Mapping;
  readonly block: Block;
  entries: number;
  swapped: boolean;
}

/** A part of an address space: anonymous memory, or a file or segment that is mapped. */
export interface Mapping {
  readonly id: number;
  readonly space: Space;
  readonly file: PageFile | undefined;
  readonly refs: Set<Ref>;
}

/** An address space (mm_struct); with CLONE_VM several processes have one. */
export interface Space {
  readonly mappings: Mapping[];
}

/** Pages that belong to a file, or to a segment of shared memory. */
export interface PageFile {
  readonly name: string;
  readonly kind: 'file' | 'shmem';
  readonly blocks: Block[];
}

/** Who takes a fault: it is counted for the process that touched the page, which need not be the one that the page is for. */
export interface Faults {
  minor: number;
  major: number;
}

/** An address space with room for anonymous memory. */
export function newSpace(): Space {
  const space: Space = { mappings: [] };
  addMapping(space);
  return space;
}

/** Adds a part to an address space; its pages come when they are touched. */
export function addMapping(space: Space, file?: PageFile): Mapping {
  const mapping: Mapping = { id: nextId++, space, file, refs: new Set() };
  space.mappings.push(mapping);
  return mapping;
}

/** Takes a part away (munmap). */
export function dropMapping(mapping: Mapping): void {
  for (const ref of [...mapping.refs]) unmap(ref);
  mapping.space.mappings.splice(mapping.space.mappings.indexOf(mapping), 1);
}

/** Ends an address space. */
export function endSpace(space: Space): void {
  for (const mapping of [...space.mappings]) dropMapping(mapping);
}

/** Copies an address space: anonymous pages are shared from now on, pages of files are touched anew where nothing private lies among them (vma_needs_copy()). */
export function forkSpace(parent: Space): Space {
  const child: Space = { mappings: [] };
  for (const mapping of parent.mappings) {
    const copy = addMapping(child, mapping.file);
    if (![...mapping.refs].some(({ block }) => block.kind === 'anon')) continue;
    for (const { block, entries, swapped } of mapping.refs) enter({ mapping: copy, block, entries, swapped });
  }
  return child;
}

/** New private pages. */
export function grow(mapping: Mapping, frames: number, faults: Faults): void {
  enter({ mapping, block: newBlock('anon', frames), entries: frames, swapped: false });
  faults.minor += frames;
}

/** Maps a block of a file where it is not mapped yet. */
export function touch(mapping: Mapping, block: Block, faults: Faults): void {
  if ([...mapping.refs].some((ref) => ref.block === block)) return;
  enter({ mapping, block, entries: block.frames, swapped: false });
  faults.minor += 1;
}

/** Takes pages out of a mapping (madvise, munmap, truncate, reclaim). */
export function unmap(ref: Ref): void {
  count(ref, -1);
  ref.block.refs.delete(ref);
  ref.mapping.refs.delete(ref);
}

/** Takes pages out of all mappings: a clean page of a file is reclaimed, a segment shrinks. */
export function unmapAll(block: Block): void {
  for (const ref of [...block.refs]) unmap(ref);
}

/** Adds pages to a file or segment. */
export function extend(file: PageFile, frames: number): Block {
  const block = newBlock(file.kind, frames);
  file.blocks.push(block);
  return block;
}

/** Every entry of some address spaces. */
export function refsOf(spaces: Iterable<Space>): Ref[] {
  return [...spaces].flatMap(({ mappings }) => mappings.flatMap(({ refs }) => [...refs]));
}

/** Every block that some address spaces map, or have in swap, once. */
export function blocksOf(spaces: Iterable<Space>): Set<Block> {
  return new Set(refsOf(spaces).map(({ block }) => block));
}

let nextId = 0;

/** Frames that nobody maps yet. */
export function newBlock(kind: Block['kind'], frames: number): Block {
  return { kind, frames, mapped: 0, swapped: 0, dirty: kind !== 'file', merged: false, refs: new Set() };
}

/** Maps a block. */
export function enter(ref: Ref): void {
  ref.block.refs.add(ref);
  ref.mapping.refs.add(ref);
  count(ref, 1);
}

/** Adds what a reference stands for to its block, or takes it away. */
export function count({ block, entries, swapped }: Ref, sign: 1 | -1): void {
  if (swapped) block.swapped += sign * entries;
  else block.mapped += sign * entries;
}
