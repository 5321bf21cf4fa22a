import { OptionError, readOption } from '../core/errors.ts';
import { type Shares, type SharingShift, splitGrowth } from '../core/trend/sharing.ts';
import { coversWindow } from '../core/trend/window.ts';
import type { Condition, ConditionPlugin, SeriesView, SeriesWant, TargetView, Verdict } from '../core/types.ts';
import { formatDuration, formatSize, parseDuration, parseSize } from '../core/units.ts';

interface SharingOptions {
  readonly pss: string;
  readonly over: string;
}

interface Settings {
  /** Bytes by which sharing must move PSS, and in which time, ms. */
  readonly limit: number;
  readonly window: number;
  /** PSS with private memory beside it, and RSS. */
  readonly parts: SeriesWant;
  readonly resident: SeriesWant;
}

const SHORTEST = 10_000;
const LONGEST = 30 * 86_400_000;

/** A reading for each bucket of a window: as many as a series keeps. */
const READINGS = 48;

const plugin: ConditionPlugin = {
  summary: 'PSS rose because fewer processes share its pages, with nothing allocated.',
  example: { pss: '100MiB', over: '1h' },
  schema: {
    type: 'object',
    properties: {
      pss: { description: 'PSS rose by so much through sharing alone.', $ref: '#/$defs/size' },
      over: { description: 'In this time, 10s to 30d.', $ref: '#/$defs/duration' },
    },
    required: ['pss', 'over'],
    additionalProperties: false,
  },
  create(options: SharingOptions): Condition {
    const limit = readOption(['pss'], () => parseSize(options.pss));
    const window = readOption(['over'], () => parseDuration(options.over));
    if (window < SHORTEST || window > LONGEST) throw new OptionError(['over'], 'write a window from 10s to 30d');
    const every = window / READINGS;
    const parts: SeriesWant = {
      window,
      every,
      shows: 'pss',
      value: (target) => target.recent(every)?.pss,
      guard: (target) => target.recent(every)?.uss ?? Number.NaN,
    };
    const resident: SeriesWant = { window, every, value: (target) => target.recent(every)?.rss };
    const settings: Settings = { limit, window, parts, resident };
    return { wants: [parts, resident], test: (target) => test(settings, target) };
  },
};

export default plugin;

function test({ limit, window, parts, resident }: Settings, target: TargetView): Verdict | undefined {
  const pss = target.series(parts);
  const rss = target.series(resident);
  if (pss.length !== rss.length || !coversWindow(pss, window, target.snapshot.uptime)) return undefined;
  const shift = splitGrowth(sharesAt(pss, rss, 0), sharesAt(pss, rss, pss.length - 1));
  if (Number.isNaN(shift.share)) return undefined;
  return { met: shift.share > limit, value: shift.share, limit, unit: 'bytes', because: () => explain(shift, window) };
}

function sharesAt(pss: SeriesView, rss: SeriesView, index: number): Shares {
  return { pss: pss.value(index), uss: pss.guard(index), rss: rss.value(index) };
}

function explain({ total, own, share }: SharingShift, window: number): string {
  const moved = (bytes: number): string => `${bytes < 0 ? 'fell' : 'rose'} by ${formatSize(Math.abs(bytes))}`;
  return `pss ${moved(total)} in the last ${formatDuration(window)}: its own part ${moved(own)}, its share of common pages ${moved(share)}`;
}
