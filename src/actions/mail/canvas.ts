/** Letters of 3 by 5 dots: a digit for each row, the dots of which are its bits. Enough for sizes, times and shares. */
const GLYPHS: Readonly<Record<string, string>> = {
  ...{ '0': '75557', '1': '26227', '2': '71747', '3': '71717', '4': '55711', '5': '74717', '6': '74757', '7': '71222' },
  ...{ '8': '75757', '9': '75717', '.': '00002', ':': '02020', '-': '00700', '/': '11244', '%': '51245', '+': '02720' },
  ...{ K: '55655', M: '57755', G: '74557', T: '72222', P: '75744', B: '65656', i: '20222', h: '44755', s: '03427' },
  ...{ d: '11757', m: '00775', w: '00577', y: '05571', n: '00655' },
};
const ROWS = 5;
const COLUMNS = 3;

/** A grid of pixels to draw on; colours are indexes of a palette. What lies outside is left out. A class, as it holds the pixels. */
export class Canvas {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.pixels = new Uint8Array(width * height);
  }

  /** Fills a rectangle. */
  fill({ x, y, width, height }: { x: number; y: number; width: number; height: number }, colour: number): void {
    const [left, right] = [Math.max(0, Math.round(x)), Math.min(this.width, Math.round(x + width))];
    const [top, bottom] = [Math.max(0, Math.round(y)), Math.min(this.height, Math.round(y + height))];
    for (let row = top; row < bottom && left < right; row += 1) {
      this.pixels.fill(colour, row * this.width + left, row * this.width + right);
    }
  }

  /** Writes a text of `textWidth` pixels. Characters without a letter are left blank. @param at its upper left corner, and how many pixels wide a dot is. */
  text(text: string, at: { x: number; y: number; dot: number }, colour: number): void {
    for (const [index, character] of [...text].entries()) {
      const rows = GLYPHS[character] ?? '00000';
      const x = at.x + index * (COLUMNS + 1) * at.dot;
      for (let row = 0; row < ROWS; row += 1)
        for (let column = 0; column < COLUMNS; column += 1) {
          if (((Number(rows[row]) >> (COLUMNS - 1 - column)) & 1) === 0) continue;
          this.fill({ x: x + column * at.dot, y: at.y + row * at.dot, width: at.dot, height: at.dot }, colour);
        }
    }
  }
}

/** How wide a text is, in pixels. */
export function textWidth(text: string, dot: number): number {
  return ([...text].length * (COLUMNS + 1) - 1) * dot;
}

/** How high a line is, in pixels. */
export function textHeight(dot: number): number {
  return ROWS * dot;
}
