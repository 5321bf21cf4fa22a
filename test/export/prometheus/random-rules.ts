import type { RuleData } from '../../../src/config/data.ts';
import { type Dice, diceFrom } from '../../simulation/dice.ts';

/** Selections whose targets always have somebody, as rules write them. */
const SCOPES: readonly Pick<RuleData, 'select' | 'by'>[] = [
  { select: 'web' },
  { select: { name: ['db', 'w*'] } },
  { select: { not: { name: 'batch' } } },
  { select: { not: { name: ['batch', 'd?'], not: { unit: '*' } } }, by: 'unit' },
  { select: { unit: 'web-*.service' }, by: 'unit' },
  { select: { unit: ['db.service', 'web-\\a*'] } },
  { select: { name: ['web', 'cache'] }, by: 'host' },
  { select: { cgroup: '/web*' }, by: 'cgroup' },
  { select: { user: 'app', not: { unit: '*', name: 'batch' } }, by: 'user' },
];

type When = RuleData['when'];

/**
 * Rules of seeded chances.
 * @param timed they may have `for`, `keep`, and `no-data: keep` at once.
 */
export function randomRules(seed: number, { count, timed }: { count: number; timed: boolean }): RuleData[] {
  const dice = diceFrom(seed);
  return Array.from({ length: count }, (_, index): RuleData => {
    const noData = timed ? 'keep' : (dice.pick(['keep', 'clear', 'fire'] as const) ?? 'keep');
    const mayWait = timed || noData !== 'keep';
    const wait = (): object => {
      const [hold, rest] = [dice.pick(TIMES), dice.pick(TIMES)];
      return { ...(hold && { for: hold }), ...(rest && { keep: rest }) };
    };
    return {
      name: `rule-${index}`,
      'no-data': noData,
      labels: { team: `t{{${index}}}` },
      ...scopeAndCondition(dice),
      ...(mayWait && wait()),
    };
  });
}

/** Some lie between two snapshots. */
const TIMES = [undefined, '15s', '20s', '30s', '45s', '1m', '100s'];

function scopeAndCondition(dice: Dice): Pick<RuleData, 'select' | 'by' | 'when'> {
  if (dice.chance(0.15)) {
    const select = dice.pick(['batch', 'cache', 'nobody', undefined]);
    // Somebody is always there: rules may not ask whether nobody is.
    const when: When = select !== undefined && dice.chance(0.5) ? { absent: {} } : { count: counts(dice) };
    return { ...(select && { select }), when: dice.chance(0.3) ? { not: when } : when };
  }
  const scope = dice.pick(SCOPES) ?? {};
  return {
    ...scope,
    by: scope.by ?? 'name',
    when: condition(dice, { depth: 2, big: scope.by === 'host' || scope.by === 'user' ? 4 : 2 }),
  };
}

function counts(dice: Dice): object {
  const number = dice.between(0, 3);
  return (
    dice.pick([{ above: number }, { below: number + 1 }, { equals: number }, { above: number + 1, below: number }]) ??
    {}
  );
}

function condition(dice: Dice, { depth, big }: { depth: number; big: number }): When {
  const inner = (): When => condition(dice, { depth: depth - 1, big });
  const kind = depth === 0 ? 'leaf' : dice.pick(['leaf', 'leaf', 'leaf', 'all', 'any', 'not']);
  if (kind === 'all' || kind === 'any') return { [kind]: [inner(), inner(), ...(dice.chance(0.3) ? [inner()] : [])] };
  if (kind === 'not') return { not: inner() };
  return leaf(dice, big);
}

function leaf(dice: Dice, big: number): When {
  const above = dice.chance(0.6);
  const way = above ? 'above' : 'below';
  const [measure, level, clear] = dice.pick(LEAVES)?.(dice, { big, back: above ? -1 : 1 }) ?? [
    'pss',
    '100MiB',
    '100MiB',
  ];
  return { [way]: { [measure]: level, ...(dice.chance(0.5) && { clear }) } };
}

type Leaf = (dice: Dice, of: { big: number; back: number }) => [measure: string, level: unknown, clear: unknown];

function size(dice: Dice, { big, back }: { big: number; back: number }): [string, string] {
  const level = dice.between(70 * big, 130 * big);
  return [`${level}MiB`, `${level + back * dice.between(0, 60)}MiB`];
}

const LEAVES: readonly Leaf[] = [
  (dice, of) => ['pss', ...size(dice, of)],
  (dice, of) => ['pss', ...size(dice, of)],
  (dice, of) => ['memory', ...size(dice, of)],
  (dice, of) => ['uss', ...size(dice, of)],
  (dice, of) => ['anon', ...size(dice, of)],
  (dice, of) => ['rss', ...size(dice, of)],
  (_dice, { back }) => ['pss', '60% of limit', `${60 + back * 25}% of limit`],
  (_dice, { back }) => ['memory', '7% of ram', `${7 + back * 2}% of ram`],
  // Levels of two kinds: neither is known to be above the other.
  (_dice, { big }) => ['pss', `${big * 100}MiB`, '5% of ram'],
  (dice, { back }) => ['swap', `${dice.between(15, 25)}MiB`, `${20 + back * 10}MiB`],
  (_dice, { back }) => ['count', 2, 2 + back],
  (_dice, { back }) => ['age', '15m', `${15 + back * 3}m`],
  (_dice, { back }) => ['available', '1500MiB', `${1500 + back * 500}MiB`],
  (_dice, { back }) => ['available', '30% of ram', `${30 + back * 10}% of ram`],
];
