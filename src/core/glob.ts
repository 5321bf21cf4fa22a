/** What stands for `?` in a piece. */
const ANY = '';

/** True when the text means more than itself. */
export function isGlob(text: string): boolean {
  return /[*?\\]/.test(text);
}

/**
 * Compiles a glob that must cover the whole text: `*` is any text, `?` any character, `\` takes the next as it is.
 * Each piece between two stars is taken at its leftmost place, which is enough, so nothing is tried twice.
 */
export function compileGlob(glob: string): (text: string) => boolean {
  const pieces = split(glob);
  const first = pieces.shift() ?? [];
  const last = pieces.pop();
  if (last === undefined) return (text) => text.length === first.length && fits(first, text, 0);
  return (text) => {
    const end = text.length - last.length;
    if (end < first.length || !fits(first, text, 0) || !fits(last, text, end)) return false;
    let from = first.length;
    for (const piece of pieces) {
      while (from + piece.length <= end && !fits(piece, text, from)) from += 1;
      from += piece.length;
      if (from > end) return false;
    }
    return true;
  };
}

function split(glob: string): string[][] {
  const pieces: string[][] = [[]];
  for (let index = 0; index < glob.length; index += 1) {
    const character = glob[index] ?? '';
    if (character === '*') pieces.push([]);
    else if (character === '\\' && index + 1 < glob.length) pieces.at(-1)?.push(glob[++index] ?? '');
    else pieces.at(-1)?.push(character === '?' ? ANY : character);
  }
  return pieces;
}

function fits(piece: readonly string[], text: string, from: number): boolean {
  return piece.every((character, index) => character === ANY || character === text[from + index]);
}
