import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The kinds of a mixed set, each with a tenth of its rules. `i` counts within the kind, `window` is a duration. */
const KINDS = [
  (i) => ({ by: 'name', when: `{ above: { pss: ${500 + i}MiB, clear: ${400 + i}MiB } }` }),
  (i) => ({ by: 'process', when: `{ above: { memory: ${40 + i}% of limit } }` }),
  (i) => ({ by: 'unit', when: `{ above: { rss: ${600 + i}MiB } }` }),
  (i) => ({ by: 'host', when: `{ below: { available: ${2 + i}% of ram } }` }),
  (i, window) => ({ by: 'name', when: `{ growth: { pss: ${5 + i}%/h, over: ${window} } }` }),
  (i, window) => ({ by: 'process', when: `{ growth: { uss: ${10 + i}MiB/h, over: ${window}, at-least: 8MiB } }` }),
  (i) => ({ by: 'host', when: `{ count: { above: ${2000 + i} } }` }),
  (i) => ({ by: 'process', when: `{ expression: "pss > ${300 + i} * MiB && age > 60.0" }` }),
  (i, window) => ({
    by: 'process',
    when: `{ all: [{ above: { uss: ${30 + i}MiB } }, { growth: { memory: 1MiB/h, over: ${window} } }] }`,
  }),
  (i) => ({ by: 'name', when: `{ times: { when: { not: { below: { pss: ${800 + i}MiB } } }, holds: 3, of: 5 } }` }),
];

/** Of each ten one looks at every process, the others at one service: one name of the fifty. */
function selection(i) {
  return i === 0 ? '"*"' : `app-${i % 5}${i}`;
}

/** Writes a hundred rules of every kind. @returns the path of the file. */
export function writeRules(folder, window) {
  const rules = Array.from({ length: 100 }, (_, index) => {
    const i = Math.floor(index / KINDS.length);
    const { by, when } = KINDS[index % KINDS.length](i, window);
    return `  - { name: rule-${index}, select: ${selection(i)}, by: ${by}, when: ${when}, for: 30s, then: [log] }\n`;
  });
  const file = join(folder, `rules-${window}.yaml`);
  writeFileSync(file, `rules:\n${rules.join('')}`);
  return file;
}
