import { chmodSync, mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatSize } from '../../core/units.ts';

/** Where captures are kept, and how much of them. */
export interface Shelf {
  readonly folder: string;
  /** So many; the oldest go first. */
  readonly keep: number;
  /** Bytes of one. */
  readonly maxSize: number;
}

const OURS = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z-[\w.-]+\.txt$/;
/** Nothing is written where less than so many times its size would be left. */
const ROOM = 4;

/** Writes a capture that only we can read, and lets go of the oldest. @returns its path. @throws Error when there is no room. */
export function keepCapture({ folder, keep, maxSize }: Shelf, name: string, text: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < ROOM * maxSize)
    throw new Error(`${folder} has only ${formatSize(bavail * bsize)} left: nothing was captured`);
  const stamp = new Date().toISOString().replaceAll(':', '-');
  const file = join(folder, `${stamp}-${name.replace(/[^\w.-]/g, '_').slice(0, 80)}.txt`);
  writeFileSync(file, cut(text, maxSize), { mode: 0o600, flag: 'wx' });
  chmodSync(file, 0o600);
  const ours = readdirSync(folder).filter((entry) => OURS.test(entry));
  for (const old of ours.sort().slice(0, -keep)) rmSync(join(folder, old), { force: true });
  return file;
}

function cut(text: string, maxSize: number): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxSize) return bytes;
  const note = Buffer.from(`\n(cut: ${bytes.length} bytes)\n`);
  return Buffer.concat([bytes.subarray(0, maxSize - note.length), note]);
}
