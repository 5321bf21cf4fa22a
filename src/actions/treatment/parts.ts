import { messageOf, OptionError, Retry } from '../../core/errors.ts';
import type { ActionContext, AlertEvent, Evidence, Part } from '../../core/types.ts';

/** The pauses between attempts of a part that asks to be tried again, ms. */
const PAUSES = [1_000, 2_000, 4_000, 8_000];

/** Schema of a list of parts; `$defs/step` is how an action is written. */
export function partsSchema(description: string): { readonly [key: string]: unknown } {
  return { type: 'array', items: { $ref: '#/$defs/step' }, description };
}

/** Makes the actions that an option lists. @throws OptionError */
export async function makeParts(key: string, written: unknown, context: ActionContext): Promise<Part[]> {
  if (!Array.isArray(written) || written.length === 0) return [];
  const { part } = context;
  if (part === undefined) throw new OptionError([key], 'a step of an action has no steps of its own');
  const made: Part[] = [];
  for (const [index, data] of written.entries()) made.push(await part(data, [key, index]));
  return made;
}

/** How long all of them may take together, ms. @param attempts how often each may be run. */
export function timeOf(parts: readonly Part[], attempts = 1): number {
  const pauses = attempts > 1 ? PAUSES.reduce((sum, pause) => sum + pause, 0) : 0;
  return parts.reduce((sum, { action }) => sum + attempts * action.timeout + pauses, 0);
}

/** What became of parts that were run one after the other. */
export interface PartsRun {
  /** One for each that was run: `drain: ended with 0`. */
  readonly said: readonly string[];
  /** What the one that failed said. */
  readonly failed?: string;
}

/** How parts are run. */
export interface PartsWay {
  readonly signal: AbortSignal;
  /** All of them, although one fails. */
  readonly despite?: boolean;
  /** What one of them has kept is told to those after it. */
  readonly evidence?: Evidence | undefined;
}

/** Runs parts in their order, each within its own time, until one fails. Never throws. */
export async function runParts(
  parts: readonly Part[],
  event: AlertEvent,
  { signal, despite = false, evidence }: PartsWay,
): Promise<PartsRun> {
  const said: string[] = [];
  for (const { name, action } of parts) {
    const full = evidence?.fill(event) ?? event;
    try {
      said.push(`${name}: ${await inTime(action.timeout, signal, (limited) => action.run(full, limited))}`);
    } catch (error) {
      const failed = `${name}: ${messageOf(error)}`;
      said.push(failed);
      if (!despite) return { said, failed };
    }
  }
  return { said };
}

/** Runs parts that tell somebody, each until it has worked or was tried five times. Never throws. */
export async function tellParts(parts: readonly Part[], event: AlertEvent, signal: AbortSignal): Promise<string[]> {
  return Promise.all(parts.map((part) => tellPart(part, event, signal)));
}

/** How often `tellParts` runs each at most. */
export const TELL_ATTEMPTS: number = PAUSES.length + 1;

async function tellPart({ name, action }: Part, event: AlertEvent, signal: AbortSignal): Promise<string> {
  for (const pause of [...PAUSES, undefined]) {
    try {
      return `${name}: ${await inTime(action.timeout, signal, (limited) => action.run(event, limited))}`;
    } catch (error) {
      if (pause === undefined || signal.aborted || !(error instanceof Retry)) return `${name}: ${messageOf(error)}`;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  return `${name}: not told`;
}

/** A part that does not heed its signal is left behind when its time is up. */
async function inTime(
  timeout: number,
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<string>,
): Promise<string> {
  const deadline = new AbortController();
  const limited = AbortSignal.any([signal, deadline.signal]);
  let stop = (): void => undefined;
  const over = new Promise<never>((_, reject) => {
    stop = () => reject(new Error(signal.aborted ? 'called off' : `no answer within ${timeout} ms`));
  });
  limited.addEventListener('abort', stop, { once: true });
  const timer = setTimeout(() => deadline.abort(), timeout);
  try {
    return await Promise.race([run(limited), over]);
  } finally {
    clearTimeout(timer);
    limited.removeEventListener('abort', stop);
  }
}
