/** One line of a page. */
export interface Line {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Reads the samples of a page in the text format: written afresh here, so that a page is not judged by what wrote it. */
export function readPage(page: string): Line[] {
  return page
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', , labels = '', value = ''] = /^(\w+)(\{(.*)\})? (\S+)$/s.exec(line) ?? [];
      if (name === '') throw new Error(`no sample: ${line}`);
      return { name, labels: readLabels(labels), value: value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value) };
    });
}

/** What identifies a series, with its labels in order. */
export function keyOf({ name, labels }: Pick<Line, 'name' | 'labels'>): string {
  return JSON.stringify([name, ...Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

function readLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/gs)) {
    labels[name] = value.replace(/\\(.)/gs, (_whole, character: string) => (character === 'n' ? '\n' : character));
  }
  return labels;
}
