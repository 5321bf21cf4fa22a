import type { Measure } from '../../src/core/types.ts';
import type { Dice } from './dice.ts';

/** What is looked at: a selection and a grouping, as a rule writes them. */
export interface Scope {
  readonly select: string;
  readonly by: string;
  /** Its targets are made of many processes: where little is known of them, all would have to be read. */
  readonly broad?: true;
}

/** A figure of a scope's targets that is exceeded so often (0 to 1), in the measure's own unit. */
export type Quantile = (scope: Scope, measure: Measure, share: number) => number;

/** Every selection and grouping that the rules look at. */
export const SCOPES: readonly Scope[] = [
  { select: '"*"', by: 'process', broad: true },
  { select: 'nginx-worker', by: 'process' },
  { select: 'browser-renderer', by: 'process' },
  { select: '{ name: [leaky, job, qemu, redis, java] }', by: 'process' },
  { select: '{ user: [www, alice], age: { above: 20s } }', by: 'process' },
  { select: '"*"', by: 'name', broad: true },
  { select: 'fpm-pool', by: 'name' },
  { select: '{ name: "postgres*" }', by: 'name' },
  { select: '{ cmdline: "--serve", not: { name: shell } }', by: 'name' },
  { select: '"*"', by: 'unit', broad: true },
  { select: '{ unit: postgres.service }', by: 'unit' },
  { select: '"*"', by: 'user', broad: true },
  { select: '"*"', by: 'cgroup', broad: true },
  { select: '{ exe: "/usr/bin/*" }', by: 'exe', broad: true },
  { select: '{ container: "*" }', by: 'container' },
  { select: '{ parent: [browser, fpm] }', by: 'tree' },
  { select: '{ parent: init }', by: 'tree', broad: true },
  { select: '{ not: { user: root } }', by: 'host', broad: true },
  { select: '{ name: [redis, twin, twin-other] }', by: 'host' },
];

/** The measures that levels are set for. */
export const LEVELS: readonly Measure[] = ['pss', 'memory', 'swap', 'uss', 'anon', 'file', 'shmem', 'dirty', 'rss'];

/** Share of the rules whose levels lie amid the figures that occur. */
const NEAR = 0.5;

/** Rules that want histories: nothing is compared of them, but they have processes read at other times. */
export const STIRRING: string = `rules:
  - { name: stir-1, select: "*", by: process, when: { growth: { pss: 1MiB/h, over: 3m } } }
  - { name: stir-2, select: "{browser*,qemu}", by: name, when: { growth: { memory: 5%/h, over: 90s } } }
  - { name: stir-3, by: unit, when: { all: [{ growth: { uss: 1KiB/h, over: 1m } }, { above: { pss: 4KiB } }] } }
`;

type Writer = (context: Context) => string;

interface Context {
  readonly dice: Dice;
  readonly scope: Scope;
  /** A size near those that occur, as text; `of` says which share of the time it is exceeded. */
  size(measure: Measure, share?: number): string;
  measure(): Measure;
}

/** Writes so many rules, each with levels near the figures that occur, so that all of them have something to decide. */
export function writeRules(count: number, dice: Dice, quantile: Quantile): string {
  const rules = Array.from({ length: count }, (_, index) => {
    const scope = SCOPES[dice.between(0, SCOPES.length - 1)] ?? { select: '"*"', by: 'process' };
    const write = WRITERS[index % WRITERS.length] ?? above;
    // Most rules have nothing to decide: their levels are above what was seen.
    const near = dice.chance(scope.broad ? NEAR / 20 : NEAR);
    const size = (measure: Measure, share = dice.between(3, 97) / 100): string => {
      const level = near ? quantile(scope, measure, share) : quantile(scope, measure, 1) * (1 + share);
      return `${Math.max(4, Math.round(level / 1024))}KiB`;
    };
    const measure = (): Measure => (dice.chance(scope.broad ? 0.9 : 0.5) ? 'pss' : (dice.pick(LEVELS) ?? 'pss'));
    const when = write({ dice, scope, size, measure });
    const whole = WHOLE.has(write);
    const by = whole ? 'host' : scope.by;
    const select = whole && scope.by === 'tree' ? '"*"' : scope.select;
    return `  - { name: rule-${index}, select: ${select}, by: ${by}, when: ${when}, ${life(dice)} }\n`;
  });
  return `rules:\n${rules.join('')}`;
}

const above: Writer = ({ dice, size, measure }) => {
  const of = measure();
  const share = dice.between(10, 90) / 100;
  const clear = dice.chance(0.5) ? `, clear: ${size(of, Math.max(0.02, share - 0.1))}` : '';
  return `{ above: { ${of}: ${size(of, share)}${clear} } }`;
};

const below: Writer = ({ dice, size, measure }) => {
  const of = measure();
  const share = dice.between(10, 90) / 100;
  const clear = dice.chance(0.5) ? `, clear: ${size(of, Math.min(0.98, share + 0.1))}` : '';
  return `{ below: { ${of}: ${size(of, share)}${clear} } }`;
};

const relative: Writer = ({ dice }) => {
  const [percent, of] = [dice.between(1, 60), dice.pick(['limit', 'limit', 'ram'])];
  const share = (part: number): string => `${((of === 'ram' ? percent / 8 : percent) * part).toFixed(3)}% of ${of}`;
  return `{ above: { ${dice.pick(['pss', 'memory', 'rss'])}: ${share(1)}, clear: ${share(0.9)} } }`;
};

const host: Writer = ({ dice }) =>
  dice.pick([
    `{ below: { available: ${dice.between(60, 80)}% of ram } }`,
    `{ above: { total: ${dice.between(1400, 1900)}MiB } }`,
    `{ above: { unaccounted: ${dice.between(280, 300)}MiB } }`,
    `{ below: { coverage: ${dice.between(60, 92)}% } }`,
  ]) ?? '';

const count: Writer = ({ dice }) =>
  dice.pick([
    `{ count: { above: ${dice.between(1, 60)} } }`,
    `{ count: { below: ${dice.between(2, 12)} } }`,
    `{ count: { equals: ${dice.between(1, 9)} } }`,
    '{ absent: {} }',
  ]) ?? '';

const times: Writer = (context) =>
  `{ times: { when: ${context.dice.chance(0.5) ? above(context) : below(context)}, holds: ${context.dice.between(1, 3)}, of: ${context.dice.between(3, 6)} } }`;

const all: Writer = (context) => {
  const low = above(context);
  const other = context.dice.chance(0.5) ? below(context) : times(context);
  return `{ all: [${low}, ${exclude(low, other) ? times(context) : other}, { above: { age: 20s } }] }`;
};

/** A level that nothing can be above while it is below the other one is refused by the loader. */
function exclude(low: string, high: string): boolean {
  const [, measure, above] = /^\{ above: \{ (\w+): (\d+)KiB/.exec(low) ?? [];
  const [, other, below] = /^\{ below: \{ (\w+): (\d+)KiB/.exec(high) ?? [];
  return measure !== undefined && measure === other && Number(above) >= Number(below);
}

const any: Writer = (context) => `{ any: [${above(context)}, { not: ${above(context)} }, ${relative(context)}] }`;

const not: Writer = (context) => `{ not: ${context.dice.chance(0.5) ? above(context) : all(context)} }`;

const expression: Writer = ({ dice, size }) => {
  const bytes = (measure: Measure): string => `${Number.parseInt(size(measure), 10)} * KiB`;
  const text = dice.pick([
    `pss > ${bytes('pss')} && swap < ${bytes('swap')}`,
    `pss > (firing ? ${bytes('pss')} : ${bytes('pss')})`,
    `uss * 2 > pss + ${bytes('uss')} || count > 7`,
    `rss - pss > ${bytes('shmem')}`,
    `pss > ${dice.between(1, 30) / 100} * limit`,
    `anon / 2.0 > ${bytes('uss')} || file > ${bytes('file')}`,
    `(memory > ${bytes('memory')} ? dirty : uss) > ${bytes('dirty')}`,
  ]);
  return `{ expression: "${text}" }`;
};

const WRITERS: readonly Writer[] = [
  above,
  above,
  below,
  relative,
  host,
  count,
  times,
  all,
  any,
  not,
  expression,
  above,
];
const WHOLE: ReadonlySet<Writer> = new Set([host, count]);

function life(dice: Dice): string {
  const seconds = (most: number): string => `${dice.between(0, most)}s`;
  const more = dice.pick(['', '', '', ', no-data: clear', ', no-data: fire']) ?? '';
  const repeat = dice.chance(0.3) ? `, repeat: ${dice.between(30, 90)}s` : '';
  return `for: ${seconds(25)}, keep: ${seconds(20)}${repeat}${more}`;
}
