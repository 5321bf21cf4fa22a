/**
 * Edit distance that counts a swap of two neighbours as one mistake (optimal string alignment, Damerau 1964), the
 * commonest slip of the keyboard. Case counts as half a mistake.
 */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      let best = Math.min(
        (above[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (above[j - 1] ?? 0) + difference(a[i - 1], b[j - 1]),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      row.push(best);
    }
    before = above;
    above = row;
  }
  return above[b.length] ?? 0;
}

function difference(a = '', b = ''): number {
  if (a === b) return 0;
  return a.toLowerCase() === b.toLowerCase() ? 0.5 : 1;
}

/** The candidate that was most likely meant, or undefined when none is close: more than a third of the letters differ. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > 64) return undefined;
  const same = candidates.find((candidate) => candidate.toLowerCase() === word.toLowerCase());
  if (same !== undefined) return same;
  let found: string | undefined;
  let least = Math.max(1, word.length / 3);
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > least) continue;
    const mistakes = distance(word, candidate);
    if (mistakes < least || (mistakes === least && found === undefined)) {
      found = candidate;
      least = mistakes;
    }
  }
  return found ?? shortened(word, candidates);
}

/** The only candidate that the word shortens or lengthens: `crit`, `SIGTERM`. */
function shortened(word: string, candidates: readonly string[]): string | undefined {
  const [found, another] = candidates.filter((candidate) => {
    const [short = '', long = ''] = [word, candidate].sort((a, b) => a.length - b.length);
    return short.length > 2 && (long.startsWith(short) || long.endsWith(short));
  });
  return another === undefined ? found : undefined;
}

/** Says what to write instead of a word that is not known: the nearest one, else all there are. */
export function suggest(word: string, candidates: readonly string[], what: string): string {
  const right = nearest(word, candidates);
  if (right !== undefined) return `did you mean "${right}"?`;
  if (candidates.length === 0) return `there are no ${what}`;
  return `the ${what} are ${candidates.join(', ')}`;
}
