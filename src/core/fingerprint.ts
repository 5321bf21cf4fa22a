const PRIME = 0x100000001b3n;
const OFFSET = 0xcbf29ce484222325n;

/** A short, stable name for a text: FNV-1a (Fowler, Noll, Vo; 64 bits) over its UTF-16 units, in base 36. Not for secrets. */
export function fingerprint(text: string): string {
  let hash = OFFSET;
  for (let index = 0; index < text.length; index += 1) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(index))) * PRIME);
  }
  return hash.toString(36).padStart(13, '0');
}
