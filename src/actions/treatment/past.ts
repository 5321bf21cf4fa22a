import { type Act, type Course, uselessInARow, worn } from '../../core/course.ts';
import { Skip } from '../../core/errors.ts';
import type { AlertEvent } from '../../core/types.ts';
import { formatAge, formatDuration } from '../../core/units.ts';
import { handOver } from './hand-over.ts';
import { type Means, type Plan, timeOf } from './plan.ts';

/** So many of the lives before are told of. */
const LIVES = 3;

/** Whether, and why, nothing is done although a rule asks for it. @returns what is known of the last act. @throws Skip */
export async function takenUp(
  plan: Plan,
  event: AlertEvent,
  { lineage, signal, post }: Means & { lineage: string },
): Promise<string | undefined> {
  const { courses, way } = plan;
  const handed = courses?.of(lineage).handedOver;
  if (courses === undefined) return undefined;
  if (handed === undefined) return lastTime(plan, event, { lineage, post });
  const now = handed.state === undefined ? undefined : await way.state?.(event, signal, handed.state);
  if (now === undefined || now === handed.state) {
    const since = new Date(handed.time).toISOString();
    const how = handed.state === undefined ? 'reload psstop' : 'restart it by hand, or reload psstop,';
    throw new Skip(`left to a person since ${since}: ${handed.why}; ${how} and it is taken up again`);
  }
  courses.takeUp(lineage, 'somebody has restarted it meanwhile');
  return undefined;
}

/** What is known of the last act, now that it has to be done again. @throws Skip where another would not do for long either. */
function lastTime(
  plan: Plan,
  event: AlertEvent,
  { lineage, post }: Pick<Means, 'post'> & { lineage: string },
): string | undefined {
  const { courses, verification } = plan;
  const last = courses?.of(lineage).acts.at(-1);
  if (courses === undefined || last === undefined) return undefined;
  const now = timeOf(plan);
  const act = worn(last, now, verification?.lasts);
  if (act !== last) courses.revise(lineage, act);
  const course = courses.of(lineage);
  const said = describe(act, course, now);
  const tooSoon = verification !== undefined && (act.lasted ?? verification.lasts) < verification.lasts;
  if (!tooSoon || uselessInARow(course) < verification.tries) return said;
  const why = `${said}; ${formatDuration(verification.lasts)} were to be`;
  throw new Skip([why, ...handOver(plan, event, { why, post })].join('; '));
}

/** `the last restart, 3h ago, freed 85 % and lasted 3h (before that 5h, 6h)`; undefined where nothing of it is known. */
function describe({ time, freed, lasted }: Act, { acts }: Course, now: number): string | undefined {
  const facts = [
    ...(freed === undefined ? [] : [`freed ${Math.round(freed * 100)} %`]),
    ...(lasted === undefined ? [] : [`lasted ${formatDuration(lasted)}`]),
  ];
  if (facts.length === 0) return undefined;
  const earlier = acts
    .slice(0, -1)
    .flatMap((act) => act.lasted ?? [])
    .slice(-LIVES)
    .reverse();
  const lives = earlier.length === 0 ? '' : ` (before that ${earlier.map(formatDuration).join(', ')})`;
  return `the last restart, ${formatAge(now - time)} ago, ${facts.join(' and ')}${lives}`;
}
