import { messageOf, Retry, Skip } from '../core/errors.ts';
import { backOff, type Pace } from '../core/outbox/pace.ts';
import type { Action, AlertEvent, Delivery, Post } from '../core/types.ts';

/** After an abort, an action that does not settle within this many ms is left behind. */
const ABORT_GRACE = 5_000;
/** What became of it, without the names that the caller knows. */
export type Outcome = Pick<Delivery, 'attempts' | 'outcome' | 'reason' | 'took'>;

/** One attempt to be made. */
export interface Attempt {
  readonly action: Action;
  readonly event: AlertEvent;
  /** Aborted when psstop stops. */
  readonly stop: AbortSignal;
  readonly post?: Post;
  /** Makes sure, right before each attempt, that there is something to act on; undefined where that is not needed. */
  confirm?(): Promise<string> | undefined;
}

/** What came of one attempt: it was answered, it failed for good, or it may be made again, not before so many ms. */
export type AttemptResult =
  | { readonly done: 'done' | 'skipped'; readonly said: string; readonly again?: undefined }
  | { readonly done?: undefined; readonly said: string; readonly again?: number | undefined };

/** One action to be run for one event. */
export interface Job extends Attempt {
  readonly pace: Pace;
  /** Runs an attempt when the action has a place free; a pause takes none. */
  enter(attempt: () => Promise<void>): Promise<void>;
  /** Called after each attempt that is to be repeated, with the reason. */
  retried(reason: string, attempts: number): void;
}

/** Runs an action until it is done, fails for good, or has been tried for too long. Never throws. */
export async function deliver(job: Job): Promise<Outcome> {
  const begin = performance.now();
  for (let attempts = 1; ; attempts += 1) {
    const result = await inTurn(job);
    const took = performance.now() - begin;
    if (result.done) return { attempts, outcome: result.done, reason: result.said, took };
    const failed: Outcome = { attempts, outcome: 'failed', reason: result.said, took };
    if (result.again === undefined || job.stop.aborted) return failed;
    const left = job.pace.giveUpAfter - took;
    if (left <= 0) return { ...failed, reason: `given up after ${attempts} attempts: ${result.said}` };
    // However long the receiver asks us to wait: there is a last attempt when the time is up.
    const pause = Math.min(Math.max(backOff(attempts, job.pace, Math.random()), result.again), left);
    job.retried(result.said, attempts);
    await sleep(pause, job.stop);
    if (job.stop.aborted) return { ...failed, reason: `stopped while waiting to try again: ${result.said}` };
  }
}

async function inTurn(job: Job): Promise<AttemptResult> {
  let result: AttemptResult = { said: 'never begun' };
  await job.enter(async () => {
    result = await attempt(job);
  });
  return result;
}

/** Runs an action once, in the time that it may take. Never throws. */
export async function attempt(job: Attempt): Promise<AttemptResult> {
  const { action, stop } = job;
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), action.timeout);
  const signal = AbortSignal.any([deadline.signal, stop]);
  const overdue = whenOverdue(signal);
  try {
    const said = await Promise.race([confirmAndRun(job, signal), overdue.promise]);
    return { done: 'done', said };
  } catch (error) {
    if (error instanceof Skip) return { done: 'skipped', said: error.message };
    const said = deadline.signal.aborted ? `no answer within ${action.timeout} ms` : messageOf(error);
    // What tells somebody may be told twice, what acts on a process may not.
    if (deadline.signal.aborted && !action.exclusive && !action.once) return { said, again: 0 };
    return error instanceof Retry ? { said, again: error.after ?? 0 } : { said };
  } finally {
    clearTimeout(timer);
    overdue.cancel();
  }
}

/** What was found stands before what was done, or why it was not. */
async function confirmAndRun({ action, event, post, confirm }: Attempt, signal: AbortSignal): Promise<string> {
  const found = await confirm?.();
  if (found === undefined) return action.run(event, signal, post);
  // The time may be up by now, and the failure on record.
  signal.throwIfAborted();
  try {
    return `${found}; ${await action.run(event, signal, post)}`;
  } catch (error) {
    if (error instanceof Error) error.message = `${found}; ${error.message}`;
    throw error;
  }
}

/** Rejects some time after the signal: for an action that does not heed it. A listener that stayed would keep the signal alive for ever. */
function whenOverdue(signal: AbortSignal): { promise: Promise<never>; cancel(): void } {
  const { promise, reject } = deferred();
  const late = (): void => {
    setTimeout(() => reject(new Error('did not stop when told to')), ABORT_GRACE).unref();
  };
  if (signal.aborted) late();
  else signal.addEventListener('abort', late, { once: true });
  return { promise, cancel: () => signal.removeEventListener('abort', late) };
}

function deferred(): { promise: Promise<never>; reject(error: Error): void } {
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<never>((_, refuse) => {
    reject = refuse;
  });
  // Nobody may be waiting any more when it is rejected.
  promise.catch(() => undefined);
  return { promise, reject };
}

function sleep(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      stop.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    stop.addEventListener('abort', end, { once: true });
    if (stop.aborted) end();
  });
}
