import { displayWidth } from '../../core/escape.ts';

/**
 * Breaks a text at its blanks into lines of so many columns, `most` at most: the last one holds all that is left, however
 * wide that is. A word wider than a line is broken nowhere but at its end.
 */
export function wrap(text: string, columns: number, most: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line === '' || lines.length + 1 >= most || displayWidth(longer) <= columns) {
      line = longer;
      continue;
    }
    lines.push(line);
    line = word;
  }
  return [...lines, line];
}
