import type { Piece } from './promql.ts';

/** A condition of three values as two expressions: where it certainly holds, and where it may. */
export interface Sides {
  readonly certain: Piece;
  readonly possible: Piece;
}

/** Both are the same: what it looks at is always known. */
export function known(piece: Piece): Sides {
  return { certain: piece, possible: piece };
}
