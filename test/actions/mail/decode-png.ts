import { inflateSync } from 'node:zlib';

/** A picture, decoded. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** The colour at a place, as `0xrrggbb`. */
  at(x: number, y: number): number;
}

/** Decodes a PNG of 8-bit indexes of a palette whose rows have no filter. @throws Error for any other. */
export function decodePng(file: Buffer): Pixels {
  const parts = new Map<string, Buffer>();
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at);
    parts.set(file.toString('latin1', at + 4, at + 8), file.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const [header, palette, data] = ['IHDR', 'PLTE', 'IDAT'].map((type) => parts.get(type) ?? Buffer.alloc(0)) as [
    Buffer,
    Buffer,
    Buffer,
  ];
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  if (header[8] !== 8 || header[9] !== 3) throw new Error('this is no picture of 8-bit indexes');
  const rows = inflateSync(data);
  return {
    width,
    height,
    at(x, y) {
      if (rows[y * (width + 1)] !== 0) throw new Error(`row ${y} has a filter`);
      const index = rows[y * (width + 1) + 1 + Math.floor(x)] ?? 0;
      return palette.readUIntBE(3 * index, 3);
    },
  };
}
