import { statSync } from 'node:fs';

/** Of a double that holds whole numbers. */
const BITS = 2 ** 52;
const PRIME = 1_000_003;

/**
 * Tells one build of a program from another by the inode, the size and the time of change of its file, which is found even when
 * it was deleted or lies in another mount namespace. May block where that is on a server. @returns a number above 0; 0 when
 * the file can't be looked at.
 */
export function hashBuild(link: string): number {
  try {
    const { ino, size, mtimeMs } = statSync(link);
    return [ino, size, Math.floor(mtimeMs)].reduce(mix, 1) + 1;
  } catch {
    return 0;
  }
}

/** Multiplies and adds within 52 bits. */
function mix(hash: number, figure: number): number {
  const low = hash % 2 ** 26;
  const high = Math.floor(hash / 2 ** 26);
  return (((high * PRIME) % 2 ** 26) * 2 ** 26 + low * PRIME + (figure % BITS)) % BITS;
}
