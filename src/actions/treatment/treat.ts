import { type Act, pace, uselessInARow } from '../../core/course.ts';
import { messageOf, Retry, Skip } from '../../core/errors.ts';
import { freedShare, type Treatment } from '../../core/treatment.ts';
import type { AlertEvent } from '../../core/types.ts';
import { formatDuration, formatValue } from '../../core/units.ts';
import { handOver } from './hand-over.ts';
import { type PartsRun, runParts } from './parts.ts';
import { takenUp } from './past.ts';
import { type Means, type Plan, timeOf } from './plan.ts';
import { awaitEffect, type Baseline, describeEffect, takeBaseline } from './verify.ts';

/** Treats a target: before, the act, its effect, afterwards; what came of it is kept and decides about the next time. @returns what was done. */
export async function treat(plan: Plan, event: AlertEvent, { signal, post }: Means): Promise<string> {
  const { before, afterwards, despite, evidence } = plan;
  plan.present(event);
  const lineage = plan.lineage(event);
  const past = await takenUp(plan, event, { lineage, signal, post });
  const said: string[] = past === undefined ? [] : [past];
  const prepared = await runParts(before, partEvent(event, 'before', 'it is about to be restarted'), {
    ...{ signal, despite, evidence },
  });
  said.push(...prepared.said.map((text) => `before, ${text}`));
  const outcome = await acted(plan, event, { signal, prepared });
  said.push(outcome.said);
  // Not where it is down: what was drained is not to be filled again.
  if (outcome.fate !== 'failed') {
    const way = { signal, despite: true, evidence, post };
    const done = await runParts(afterwards, partEvent(event, 'afterwards', outcome.said), way);
    said.push(...done.said.map((text) => `afterwards, ${text}`));
  } else if (afterwards.length > 0) said.push('afterwards was left out');
  const told = await conclude(plan, event, { lineage, outcome, signal, post });
  const text = [...said, ...told].join('; ');
  const { error } = outcome;
  if (error === undefined) return text;
  error.message = text;
  throw error;
}

/** What a part is told: an id of its own, as who has heard of the alert drops what comes with the same one, and how things stand. */
function partEvent(event: AlertEvent, when: string, news: string): AlertEvent {
  return { ...event, id: `${event.id}-${when}`, message: `${event.message}. ${capitalized(news)}` };
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What came of the act. `undone`: nothing was done to the target; `failed`: it may be down; `useless`: it is up, and that was all. */
interface Outcome {
  readonly fate: 'undone' | 'failed' | 'useless' | 'helped' | 'unproved';
  readonly said: string;
  /** What is remembered of it. */
  readonly memory?: Pick<Act, 'freed' | 'before' | 'after'>;
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
  const { before, after } = treatment;
  const freed = freedShare(treatment);
  const memory = {
    ...(freed !== undefined && { freed }),
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
  };
  const result = { said: `${said}; ${describeEffect(treatment)}`, memory };
  if (treatment.phase === 'helped') return { ...result, fate: 'helped' };
  if (treatment.phase === 'unread') return { ...result, fate: 'unproved' };
  return { ...result, fate: treatment.phase === 'not-back' ? 'failed' : 'useless', error: new Error(result.said) };
}

/** Keeps what came of it, and leaves the place to a person where doing it again would not help. @returns what was said to whom. */
async function conclude(
  plan: Plan,
  event: AlertEvent,
  { lineage, outcome, signal, post }: Means & { lineage: string; outcome: Outcome },
): Promise<string[]> {
  const { courses, verification, way } = plan;
  const { fate, memory } = outcome;
  if (courses === undefined || fate === 'undone') return [];
  const state = await way.state?.(event, signal).catch(() => undefined);
  const outlook = fate === 'helped' ? outlookOf(plan, lineage, memory) : [];
  courses.note(lineage, { time: timeOf(plan), outcome: fate, ...memory, ...(state !== undefined && { state }) });
  const useless = uselessInARow(courses.of(lineage));
  if (verification === undefined || useless < verification.tries) return outlook;
  return handOver(plan, event, { why: whyHandedOver(useless, outcome), post });
}

/** When it will hold as much again, if it goes on as after the act before. */
function outlookOf({ courses }: Plan, lineage: string, { before, after }: Outcome['memory'] = {}): string[] {
  const rate = courses && pace(courses.of(lineage), before);
  if (rate === undefined || before === undefined || after === undefined) return [];
  const grown = `it had grown by ${formatValue(rate * 1000, 'bytes/s')} since the restart before`;
  return [`${grown}: at that pace it holds as much again in ${formatDuration((before - after) / rate)}`];
}

function whyHandedOver(useless: number, { said }: Outcome): string {
  return `${useless === 1 ? 'the restart' : `${useless} restarts in a row`} did not help: ${said}`;
}
