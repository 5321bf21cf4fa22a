import { type Course, type Courses, uselessInARow } from '../../core/course.ts';
import { messageOf, Retry, Skip } from '../../core/errors.ts';
import { lineageOf } from '../../core/lineage.ts';
import { freedShare, type Treatment } from '../../core/treatment.ts';
import type { AlertEvent, EventProcess, Evidence, Part, Ward } from '../../core/types.ts';
import { formatAge } from '../../core/units.ts';
import { type PartsRun, runParts, tellParts } from './parts.ts';
import { awaitEffect, type Baseline, describeEffect, takeBaseline, type Verification } from './verify.ts';

/** A way to restart something. */
export interface Way {
  /** @returns what was done. @throws Retry, Skip or Error where it was not, or did not work. */
  act(event: AlertEvent, members: readonly EventProcess[], signal: AbortSignal): Promise<string>;
  /** What the place is now, so that a change by somebody else is seen; `kept` is what it was when it was left to a person. */
  state?(event: AlertEvent, signal: AbortSignal, kept?: string): Promise<string | undefined>;
}

/** How a target is treated: what comes before and after the act, and what it must bring about. */
export interface Plan {
  readonly before: readonly Part[];
  readonly afterwards: readonly Part[];
  readonly handOver: readonly Part[];
  /** Act although a part before it failed. */
  readonly despite: boolean;
  readonly verification?: Verification | undefined;
  readonly way: Way;
  readonly ward?: Ward | undefined;
  readonly courses?: Courses | undefined;
  readonly evidence?: Evidence | undefined;
  /** Those of the event's processes that are still there. @throws Skip when all are gone. */
  present(event: AlertEvent): EventProcess[];
  lineage(event: AlertEvent): string;
}

/** Treats a target: before, the act, its effect, afterwards; what came of it is kept and decides about the next time. @returns what was done. */
export async function treat(plan: Plan, event: AlertEvent, signal: AbortSignal): Promise<string> {
  plan.present(event);
  const lineage = plan.lineage(event);
  const past = await takenUp(plan, event, { lineage, signal });
  const said: string[] = past === undefined ? [] : [past];
  const prepared = await runParts(plan.before, event, { signal, despite: plan.despite, evidence: plan.evidence });
  said.push(...prepared.said.map((text) => `before, ${text}`));
  const outcome = await acted(plan, event, { signal, prepared });
  said.push(outcome.said);
  // Not where it is down: what was drained is not to be filled again.
  if (outcome.fate !== 'failed') {
    const done = await runParts(plan.afterwards, event, { signal, despite: true, evidence: plan.evidence });
    said.push(...done.said.map((text) => `afterwards, ${text}`));
  } else if (plan.afterwards.length > 0) said.push('afterwards was left out');
  const told = await conclude(plan, event, { lineage, outcome, signal });
  const text = [...said, ...told].join('; ');
  const { error } = outcome;
  if (error === undefined) return text;
  error.message = text;
  throw error;
}

/** Whether, and why, nothing is done although a rule asks for it. @returns what is known of the last act. @throws Skip */
async function takenUp(
  { courses, way }: Plan,
  event: AlertEvent,
  { lineage, signal }: { lineage: string; signal: AbortSignal },
): Promise<string | undefined> {
  const course = courses?.of(lineage);
  const handed = course?.handedOver;
  if (courses === undefined || course === undefined) return undefined;
  if (handed === undefined) return lastTime(course);
  const now = handed.state === undefined ? undefined : await way.state?.(event, signal, handed.state);
  if (now === undefined || now === handed.state) {
    const since = new Date(handed.time).toISOString();
    const how = handed.state === undefined ? 'reload psstop' : 'restart it by hand, or reload psstop,';
    throw new Skip(`left to a person since ${since}: ${handed.why}; ${how} and it is taken up again`);
  }
  courses.takeUp(lineage, 'somebody has restarted it meanwhile');
  return undefined;
}

function lastTime({ acts }: Course): string | undefined {
  const last = acts.at(-1);
  if (last?.freed === undefined) return undefined;
  return `the last restart, ${formatAge(Date.now() - last.time)} ago, freed ${Math.round(last.freed * 100)} %`;
}

/** What came of the act. `undone`: nothing was done to the target; `failed`: it may be down; `useless`: it is up, and that was all. */
interface Outcome {
  readonly fate: 'undone' | 'failed' | 'useless' | 'helped' | 'unproved';
  readonly said: string;
  readonly freed?: number;
  readonly error?: Error;
}

async function acted(
  plan: Plan,
  event: AlertEvent,
  { signal, prepared }: { signal: AbortSignal; prepared: PartsRun },
): Promise<Outcome> {
  if (prepared.failed !== undefined)
    return { fate: 'undone', said: 'not restarted', error: new Error('what comes before it failed') };
  const { ward, verification, way } = plan;
  let baseline: Baseline | undefined;
  try {
    // What came before took its time.
    const members = plan.present(event);
    if (ward && verification && members.length > 0) baseline = await takeBaseline(event, verification.aim, ward);
    const said = await way.act(plan.evidence?.fill(event) ?? event, members, signal);
    if (baseline === undefined || ward === undefined || verification === undefined) return { fate: 'unproved', said };
    return await verified(said, () => awaitEffect(baseline as Baseline, verification.aim, { ward, signal }), signal);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const undone = error instanceof Retry || error instanceof Skip;
    return { fate: undone ? 'undone' : 'failed', said: messageOf(error), error };
  }
}

async function verified(said: string, effect: () => Promise<Treatment>, signal: AbortSignal): Promise<Outcome> {
  let treatment: Treatment;
  try {
    treatment = await effect();
  } catch (error) {
    if (!signal.aborted) throw error;
    return { fate: 'unproved', said: `${said}; what came of it was not waited for` };
  }
  const freed = freedShare(treatment);
  const result = { said: `${said}; ${describeEffect(treatment)}`, ...(freed !== undefined && { freed }) };
  if (treatment.phase === 'helped') return { ...result, fate: 'helped' };
  if (treatment.phase === 'unread') return { ...result, fate: 'unproved' };
  return { ...result, fate: treatment.phase === 'not-back' ? 'failed' : 'useless', error: new Error(result.said) };
}

/** Keeps what came of it, and leaves the place to a person where doing it again would not help. @returns what was said to whom. */
async function conclude(
  plan: Plan,
  event: AlertEvent,
  { lineage, outcome, signal }: { lineage: string; outcome: Outcome; signal: AbortSignal },
): Promise<string[]> {
  const { courses, verification, way } = plan;
  const { fate, freed } = outcome;
  if (courses === undefined || fate === 'undone') return [];
  const state = await way.state?.(event, signal).catch(() => undefined);
  courses.note(lineage, {
    time: Date.now(),
    outcome: fate,
    ...(freed !== undefined && { freed }),
    ...(state !== undefined && { state }),
  });
  const useless = uselessInARow(courses.of(lineage));
  if (verification === undefined || useless < verification.tries) return [];
  return handOver(plan, event, { why: whyHandedOver(useless, outcome), signal });
}

function whyHandedOver(useless: number, { said }: Outcome): string {
  return `${useless === 1 ? 'the restart' : `${useless} restarts in a row`} did not help: ${said}`;
}

/** Leaves a target to a person, once, and tells those whom the rule names. @returns what was said to whom. */
export async function handOver(
  { courses, handOver: parts, lineage, evidence }: Pick<Plan, 'courses' | 'handOver' | 'lineage' | 'evidence'>,
  event: AlertEvent,
  { why, signal }: { why: string; signal: AbortSignal },
): Promise<string[]> {
  if (courses?.handOver(lineage(event), why) !== true) return [];
  const message = `${event.message}. psstop leaves it to a person: ${why}`;
  const full = evidence?.fill(event) ?? event;
  const told = await tellParts(
    parts,
    { ...full, id: `${event.id}-handed-over`, severity: 'critical', message },
    signal,
  );
  return ['it is left to a person', ...told.map((text) => `hand-over, ${text}`)];
}

/** The event's own lineage, where nothing better is known. */
export function plainLineage({ target }: AlertEvent): string {
  return lineageOf(target);
}
