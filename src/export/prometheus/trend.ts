import { parseLimit } from '../../core/level.ts';
import { METRIC_MEASURES } from '../../core/metric.ts';
import { BUCKETS } from '../../core/series.ts';
import type { Measure } from '../../core/types.ts';
import { parseDuration, parseRate, parseSize } from '../../core/units.ts';
import { duration, join, type Piece, tight } from './promql.ts';
import { measured, ofHost, over, type View } from './view.ts';

type Options = Readonly<Record<string, unknown>>;

/** As in psstop: this share of the window must have been seen, and what confirms growth must grow at this share of its rate. */
const SEEN = 0.9;
const GUARD_SHARE = 0.5;
/** A forecast is taken from as long a past as it looks ahead; so much of it must have been seen. */
const PAST_SEEN = 0.25;

const GUARDS: Readonly<Record<string, readonly Measure[]>> = {
  pss: ['uss', 'swap'],
  memory: ['uss', 'swap'],
  anon: ['uss', 'swap'],
  file: ['rss'],
  shmem: ['rss'],
};

/** `growth` by deriv. */
export function grown(view: View, options: Options): Piece {
  const measure = measureIn(options);
  const rate = parseRate(String(options[measure]));
  const window = parseDuration(String(options.over));
  const read = measured(view, measure, 'read');
  view.remarks.add(
    'approximation: growth by deriv (least squares) has no confidence, is led by single values, and falls for a collector; on a straight line both say the same',
  );
  const range = `[${duration(window)}:${duration(stepOf(view, window))}]`;
  const slope = `deriv((${read})${range})`;
  const level = rate.unit === 'ratio/s' ? ` / quantile_over_time(0.5, (${read})${range})` : '';
  const parts = [tight(`${slope}${level} > ${rate.perSecond}`)];
  if (options['at-least'] !== undefined) {
    parts.push(tight(`${slope} * ${window / 1000} >= ${parseSize(String(options['at-least']))}`));
  }
  const guards = GUARDS[measure];
  if (guards) {
    const guard = guards.map((one) => measured(view, one, 'read')).join(' + ');
    parts.push(tight(`deriv((${guard})${range}) >= ${GUARD_SHARE} * ${slope}`));
  }
  parts.push(seen(view, read, { window, share: SEEN }));
  return join('and', parts);
}

/** `forecast` by predict_linear. */
export function foreseen(view: View, options: Options): Piece {
  const [written] = METRIC_MEASURES.filter((name) => options[name] !== undefined);
  const measure: Measure = written ?? 'memory';
  const limit = options[measure] === undefined ? undefined : parseLimit(measure, options[measure]);
  const within = parseDuration(String(options.within));
  const read = measured(view, measure, 'read');
  view.remarks.add(
    'approximation: forecast by predict_linear takes one line through as long a past as it looks ahead, with no confidence and no regard to cycles',
  );
  if (options.confidence !== undefined) view.remarks.add('the confidence of the forecast is left out');
  const predicted = `predict_linear((${read})[${duration(within)}:${duration(stepOf(view, within))}], ${within / 1000})`;
  const reaches = (level: string): Piece => tight(`${predicted} >= ${level}`);
  const ceiling = over(view, 'min', 'psstop_group_limit_bytes');
  const share = (ratio: number): string => `${ratio} * ${ofHost('psstop_host_memory_total_bytes')}`;
  const perHost = (text: string): string =>
    view.group === 'instance' ? text : `on (instance) group_left () (${text})`;
  const reached =
    limit === undefined
      ? join('or', [
          reaches(ceiling),
          // Besides what it holds, the host has only what is available.
          tight(`(${predicted} - (${read})) >= ${perHost(ofHost('psstop_host_memory_available_bytes'))}`),
        ])
      : reaches(
          limit.of === 'fixed'
            ? String(limit.value)
            : limit.of === 'ram'
              ? perHost(share(limit.ratio))
              : `${limit.ratio} * ${ceiling}`,
        );
  return join('and', [reached, seen(view, read, { window: within, share: PAST_SEEN })]);
}

/** Growth is looked at in as many points as psstop keeps, none of them twice. */
function stepOf({ fleet }: View, window: number): number {
  return Math.max(fleet.interval, Math.ceil(window / BUCKETS / 1000) * 1000);
}

/** So much of a window has points. */
function seen(view: View, read: string, { window, share }: { window: number; share: number }): Piece {
  const step = stepOf(view, window);
  const points = Math.floor((share * window) / step);
  return tight(`count_over_time((${read})[${duration(window)}:${duration(step)}]) >= ${points}`);
}

function measureIn(options: Options): Measure {
  return Object.keys(options).find((key) => !['over', 'confidence', 'at-least'].includes(key)) as Measure;
}
