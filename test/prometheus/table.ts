import { readFileSync, writeFileSync } from 'node:fs';
import { CATALOG } from '../../src/sinks/prometheus/catalog.ts';

/** The catalog as examples/metrics.md shows it. */
export function metricTable(): string {
  const rows = Object.entries(CATALOG).map(([name, { type, labels, help }]) => {
    const words = labels === '' ? [] : labels.split(' ');
    const shown = words.map((word) => (word === 'group' ? '*group*' : `\`${word}\``)).join(' ');
    return `| \`${name}\` | ${type} | ${shown} | ${help} |\n`;
  });
  return `| metric | type | labels | meaning |\n|---|---|---|---|\n${rows.join('')}`;
}

/** Where the table stands. */
export const METRICS: RegExp = /<!-- metrics -->\n(.*)<!-- end -->/s;

/** Puts the table into its document: `UPDATE_DOCS=1 npx vitest run --config test/vitest.config.ts test/docs`. */
export function updateMetrics(): void {
  const file = new URL('../../examples/metrics.md', import.meta.url);
  const table = `<!-- metrics -->\n${metricTable()}<!-- end -->`;
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(METRICS, () => table),
  );
}
