import { crossing, thresholdOf } from './level.ts';
import { duration, join, type Piece, tight } from './promql.ts';
import { CannotSay } from './rule-source.ts';
import { known, type Sides } from './sides.ts';
import { foreseen, grown } from './trend.ts';
import { ofHost, over, targets, type View } from './view.ts';

type Options = Readonly<Record<string, unknown>>;

/** How a condition is said, and whether it stands under `not`. */
type Say = (view: View, options: unknown, inverted: boolean) => Sides;

const SAY: Readonly<Record<string, Say>> = {
  above: (view, options, inverted) => crossing(view, thresholdOf('above', options as Options), inverted),
  below: (view, options, inverted) => crossing(view, thresholdOf('below', options as Options), inverted),
  count: (view, options) => known(counted(view, options as Options)),
  absent: (view) => known({ text: `${ofHost('psstop_host_processes')} unless ${present(view)}`, loose: true }),
  all: (view, parts, inverted) => both(view, 'and', { parts: parts as Options[], inverted }),
  any: (view, parts, inverted) => both(view, 'or', { parts: parts as Options[], inverted }),
  not: negated,
  times,
  growth: (view, options) => known(grown(view, options as Options)),
  forecast: (view, options) => known(foreseen(view, options as Options)),
};

const WHY: Readonly<Record<string, string>> = {
  leak: 'PromQL tells no leak from a warm-up, a cache that fills, a collector or a busy day: use growth or forecast there',
  regression: 'Prometheus does not compare the runs of builds at the same age',
  sharing: 'PromQL has no robust confirmation that nothing was allocated',
  expression: 'CEL is not translated: write it with above, below, all and any',
  script: 'a script runs nowhere but in psstop',
};

/** A condition, as `{ above: … }`, in PromQL. @throws CannotSay where that has no such thing. */
export function say(view: View, data: unknown, inverted = false): Sides {
  const [[key, options] = ['', undefined]] = Object.entries(data as Options);
  const how = Object.hasOwn(SAY, key) ? SAY[key] : undefined;
  if (how === undefined) throw new CannotSay(`${key}: ${WHY[key] ?? 'PromQL has nothing like it'}`);
  return how(view, options, inverted);
}

/** Three-valued logic comes out by itself: the certain sides joined are what is certain, the possible ones what is possible. */
function both(
  view: View,
  operator: 'and' | 'or',
  { parts, inverted }: { parts: readonly Options[]; inverted: boolean },
): Sides {
  const sides = parts.map((part) => say(view, part, inverted));
  return {
    certain: join(
      operator,
      sides.map(({ certain }) => certain),
    ),
    possible: join(
      operator,
      sides.map(({ possible }) => possible),
    ),
  };
}

/** What is not possible certainly does not hold. */
function negated(view: View, data: unknown, inverted: boolean): Sides {
  const { certain, possible } = say(view, data, !inverted);
  const all = tight(targets(view));
  return { certain: join('unless', [all, possible]), possible: join('unless', [all, certain]) };
}

function present(view: View): string {
  return over(view, 'sum', 'psstop_group_processes');
}

/** None is a number too. */
function counted(view: View, { above, below, equals }: Options): Piece {
  const number = `(${present(view)} or 0 * ${ofHost('psstop_host_processes')})`;
  const comparisons = [
    ...(equals === undefined ? [] : [`${number} == ${equals}`]),
    ...(above === undefined ? [] : [`${number} > ${above}`]),
    ...(below === undefined ? [] : [`${number} < ${below}`]),
  ];
  return join('or', comparisons.map(tight));
}

function times(view: View, options: unknown, inverted: boolean): Sides {
  const { when, holds, of } = options as { when: Options; holds: number; of: number };
  const { interval } = view.fleet;
  view.remarks.add(
    `approximation: times looks every ${duration(interval)}, the interval of psstop, whenever it was scraped`,
  );
  const inner = say(view, when, inverted);
  // Half an interval more than lies between them, so that the window holds just so many.
  const window = `[${duration((of - 0.5) * interval)}:${duration(interval)}]`;
  const enough = ({ text }: Piece): Piece => tight(`count_over_time((${text})${window}) >= ${holds}`);
  return { certain: enough(inner.certain), possible: enough(inner.possible) };
}
