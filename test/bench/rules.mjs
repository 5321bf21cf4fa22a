import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
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

/** One name of the fifty. */
function service(i) {
  return `app-${i % 5}${i % 10}`;
}

function ruleText(index, { select, window }) {
  const i = Math.floor(index / KINDS.length);
  const { by, when } = KINDS[index % KINDS.length](i, window);
  return `  - { name: rule-${index}, select: ${select}, by: ${by}, when: ${when}, for: 30s, then: [log] }\n`;
}

function write(folder, name, rules) {
  writeFileSync(join(folder, name), `rules:\n${rules.join('')}`);
}

/**
 * Writes a hundred rules as a host has them: those that ship, most of which look at every process, and rules for single
 * services. The shipped growth rule gets a window that a bench can fill. @returns the folder.
 */
export function writeRules(parent, window) {
  const folder = join(parent, `rules-${window}`);
  mkdirSync(folder, { recursive: true });
  const shipped = new URL('../../rules/', import.meta.url);
  let count = 0;
  for (const name of readdirSync(shipped)) {
    const text = readFileSync(new URL(name, shipped), 'utf8');
    count += text.match(/^ {2}- name:/gm).length;
    writeFileSync(join(folder, name), text.replace('over: 12h', `over: ${window}`).replace('above: 1h', 'above: 1m'));
  }
  const rules = Array.from({ length: 100 - count }, (_, index) => ruleText(index, { select: service(index), window }));
  write(folder, 'services.yaml', rules);
  return folder;
}

/** Writes a hundred rules of which ten, one of each kind, look at every process. @returns the path of the file. */
export function writeHeavyRules(folder, window) {
  const selected = (index) => (index < KINDS.length ? '"*"' : service(index));
  write(
    folder,
    'heavy.yaml',
    Array.from({ length: 100 }, (_, index) => ruleText(index, { select: selected(index), window })),
  );
  return join(folder, 'heavy.yaml');
}
