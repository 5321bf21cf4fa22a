import { MEASURES } from '../../core/measure.ts';
import type { ScriptAnswer, ScriptTarget } from '../../core/script.ts';
import type { Bounds, Condition, Measure, TargetView, Verdict } from '../../core/types.ts';
import { ask } from './asker.ts';
import type { ScriptSettings } from './options.ts';

/** After a failure the module is left alone for so long, ms; twice as long after each further one. */
const FIRST_REST = 60_000;
const LONGEST_REST = 3_600_000;
/** What it says of a target, characters. */
const LONGEST_BECAUSE = 500;

const UNITS = new Set(['bytes', 'bytes/s', 'ratio/s', 'count', 'duration', 'ratio']);

/** How a module has failed lately: until an uptime it is not asked. */
interface Trouble {
  until: number;
  rest: number;
}

/** Makes the condition. A module that throws, answers nonsense or does not answer in time is told once, and asked again after a while. */
export function asking(settings: ScriptSettings): Condition {
  const trouble: Trouble = { until: Number.NEGATIVE_INFINITY, rest: FIRST_REST };
  const { needs } = settings;
  return {
    wants: [],
    test: (target) => test(settings, target, trouble),
    doubts: (target) => needs.filter((measure) => target.known(measure) === undefined).map((measure) => ({ measure })),
  };
}

function test(settings: ScriptSettings, target: TargetView, trouble: Trouble): Verdict | undefined {
  const { uptime } = target.snapshot;
  if (uptime < trouble.until) return undefined;
  if (settings.needs.some((measure) => target.known(measure) === undefined)) return undefined;
  try {
    const verdict = verdictOf(ask(settings, describe(target)));
    trouble.rest = FIRST_REST;
    return verdict;
  } catch (error) {
    trouble.until = uptime + trouble.rest;
    trouble.rest = Math.min(LONGEST_REST, 2 * trouble.rest);
    throw error;
  }
}

function describe(target: TargetView): ScriptTarget {
  const { snapshot } = target;
  const measures: Partial<Record<Measure, Bounds>> = {};
  for (const measure of MEASURES) {
    const bounds = target.measure(measure);
    if (bounds !== undefined) measures[measure] = bounds;
  }
  return {
    key: target.key,
    name: target.name,
    firing: target.firing,
    host: snapshot.host,
    time: snapshot.time,
    uptime: snapshot.uptime,
    measures,
    ceiling: target.ceiling(),
    processes: target.members,
  };
}

function verdictOf(answer: ScriptAnswer | undefined): Verdict | undefined {
  if (answer === undefined) return undefined;
  if (typeof answer === 'boolean') return verdictOf({ met: answer });
  const {
    met,
    value = met ? 1 : 0,
    limit = 1,
    unit = 'count',
    because = met ? 'the script says so' : 'the script says no',
  } = answer;
  if (typeof met !== 'boolean' || !Number.isFinite(value) || !Number.isFinite(limit) || !UNITS.has(unit)) {
    throw new Error(
      `answered ${JSON.stringify(answer)?.slice(0, LONGEST_BECAUSE)}: write true, false or { met: true, value: 1, limit: 1 }`,
    );
  }
  const text = String(because).replace(/\s+/g, ' ').trim().slice(0, LONGEST_BECAUSE);
  return { met, value, limit, unit, because: () => text };
}
