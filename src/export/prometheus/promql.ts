/** A piece of PromQL. `loose`: it must stand in brackets beside any other operator. */
export interface Piece {
  readonly text: string;
  readonly loose: boolean;
}

/** A piece that can stand beside a set operator as it is. */
export function tight(text: string): Piece {
  return { text, loose: false };
}

/** Pieces joined by a set operator (`and`, `or`, `unless`), each on a line. One piece stays what it is. */
export function join(operator: string, pieces: readonly Piece[]): Piece {
  const [first, ...others] = pieces;
  if (first === undefined) throw new Error('nothing to join');
  if (others.length === 0) return first;
  return { text: pieces.map(bracketed).join(`\n${operator} `), loose: true };
}

/** A piece in brackets where it needs them. */
function bracketed({ text, loose }: Piece): string {
  return loose ? `(${text})` : text;
}

/** A text in quotation marks. */
export function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

/** A duration in Prometheus' notation, to the millisecond: `90s`, `2h`, `1500ms`. @param ms at least 1. */
export function duration(ms: number): string {
  const whole = Math.max(1, Math.round(ms));
  for (const [unit, length] of UNITS) if (whole % length === 0) return `${whole / length}${unit}`;
  return `${whole}ms`;
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;
