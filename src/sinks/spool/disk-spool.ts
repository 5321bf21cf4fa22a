import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { type Batch, type Kept, LONGEST_KEPT, type Spool } from './spool.ts';

/** `NUMBER-LINES-MADE.gz` */
const NAME = /^(\d{12})-(\d+)-(\d+)\.gz$/;
const LONGEST_NUMBER = 12;

interface Entry {
  readonly id: string;
  readonly number: number;
  readonly lines: number;
  readonly made: number;
  readonly size: number;
}

/**
 * A spool that outlives the program: a folder with one file for each batch, written beside and renamed once it is on the disk, so
 * that one is whole or not there. A damaged one is left out and counted.
 * @param bound bytes of all files. @param now Unix ms. @throws the system's error where the folder can't be made or read.
 */
export function diskSpool(folder: string, bound: number, now: () => number = Date.now): Spool {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const entries = find(folder);
  let size = entries.reduce((sum, entry) => sum + entry.size, 0);
  let next = (entries.at(-1)?.number ?? 0) + 1;
  const remove = async (entry: Entry | undefined): Promise<number> => {
    if (entry === undefined) return 0;
    const at = entries.indexOf(entry);
    if (at < 0) return 0;
    entries.splice(at, 1);
    size -= entry.size;
    await rm(join(folder, entry.id), { force: true });
    return entry.lines;
  };
  const bounded = async (): Promise<number> => {
    let lost = 0;
    // A clock that was put back makes nothing old.
    while (entries[0] && (size > bound || now() - entries[0].made > LONGEST_KEPT)) lost += await remove(entries[0]);
    return lost;
  };
  return {
    get size() {
      return size;
    },
    async put({ packed, lines, made }: Batch) {
      const number = next;
      next += 1;
      const id = `${String(number).padStart(LONGEST_NUMBER, '0')}-${lines}-${Math.round(made)}.gz`;
      await writeWhole(join(folder, id), packed);
      entries.push({ id, number, lines, made, size: packed.length });
      size += packed.length;
      return bounded();
    },
    async oldest() {
      let lost = await bounded();
      for (let entry = entries[0]; entry !== undefined; entry = entries[0]) {
        const packed = await readWhole(join(folder, entry.id));
        if (packed) return { kept: { ...entry, packed } satisfies Kept, lost };
        lost += await remove(entry);
      }
      return { kept: undefined, lost };
    },
    async drop(id) {
      await remove(entries.find((entry) => entry.id === id));
    },
  };
}

function find(folder: string): Entry[] {
  const entries: Entry[] = [];
  for (const id of readdirSync(folder).sort()) {
    const [, number, lines, made] = NAME.exec(id) ?? [];
    // What was being written when the program was killed.
    if (id.endsWith('.part')) rmSync(join(folder, id), { force: true });
    if (number === undefined) continue;
    const size = statSync(join(folder, id), { throwIfNoEntry: false })?.size ?? 0;
    entries.push({ id, number: Number(number), lines: Number(lines), made: Number(made), size });
  }
  return entries;
}

async function writeWhole(path: string, data: Uint8Array): Promise<void> {
  const part = `${path}.part`;
  try {
    const file = await open(part, 'w', 0o600);
    try {
      await file.writeFile(data);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** What a file holds, still packed; undefined where it is gone, or no longer what was written: the packing has a checksum. */
async function readWhole(path: string): Promise<Uint8Array | undefined> {
  try {
    const packed = await readFile(path);
    await promisify(gunzip)(packed);
    return packed;
  } catch {
    return undefined;
  }
}
