import { clip, displayWidth } from '../../core/escape.ts';

/** How a piece of a line looks. Only the terminal's own 16 colours, so that it fits any theme. */
export type Style = keyof typeof SGR;

const SGR = { bold: 1, dim: 2, inverse: 7, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

/** A piece of a line. */
export type Span = readonly [text: string, style?: Style | undefined];

/** Lines, each of pieces side by side. */
export type Lines = readonly (readonly Span[])[];

/** Puts pieces side by side, cut to the columns there are. The texts must be escaped already. */
export function setLine(spans: readonly Span[], columns: number, color: boolean): string {
  let line = '';
  let room = columns;
  for (const [text, style] of spans) {
    if (room <= 0) break;
    const shown = clip(text, room);
    room -= displayWidth(shown);
    line += style && color && shown !== '' ? `\x1b[${SGR[style]}m${shown}\x1b[0m` : shown;
  }
  return line;
}

/** Pieces at the left and at the right edge; the right ones give way. */
export function apart(left: readonly Span[], right: readonly Span[], columns: number): readonly Span[] {
  const blanks = columns - widthOf(left) - widthOf(right);
  return blanks < 0 ? left : [...left, [' '.repeat(blanks)], ...right];
}

/** Columns that pieces take. */
export function widthOf(spans: readonly Span[]): number {
  return spans.reduce((width, [text]) => width + displayWidth(text), 0);
}

/** What says whether colours are wanted. */
export interface ColorWish {
  readonly isTTY: boolean;
  /** The environment. */
  readonly env: { readonly NO_COLOR?: string | undefined; readonly TERM?: string | undefined };
  /** `--color`. */
  readonly flag?: 'always' | 'never' | 'auto';
}

/** `--color` decides; else NO_COLOR (no-color.org: set and not empty), a dumb terminal and pipes mean no. */
export function wantsColor({ isTTY, env, flag = 'auto' }: ColorWish): boolean {
  if (flag !== 'auto') return flag === 'always';
  return isTTY && !env.NO_COLOR && env.TERM !== 'dumb';
}
