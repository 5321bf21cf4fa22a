import { messageOf, OptionError, Retry } from '../../core/errors.ts';
import type { ActionContext, AlertEvent, Evidence, Part, Post } from '../../core/types.ts';

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
  for (const [index, data] of written.entries()) {
    const one = await part(data, [key, index]);
    const same = made.filter(({ name }) => name.replace(/#\d+$/, '') === one.name).length;
    made.push({ ...one, role: key, ...(same > 0 && { name: `${one.name}#${same + 1}` }) });
  }
  return made;
}

/** Makes the actions that tell somebody of the last word. @throws OptionError where one acts on processes. */
export async function makeTellers(key: string, written: unknown, context: ActionContext): Promise<Part[]> {
  const parts = await makeParts(key, written, context);
  for (const [index, { name, action }] of parts.entries()) {
    if (!action.exclusive) continue;
    throw new OptionError([key, index], `${name} acts on processes: here stand actions that tell a person`);
  }
  return parts.map((part) => ({ ...part, hearsEnd: true }));
}

/** How long all of them may take together, ms. */
export function timeOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { action }) => sum + action.timeout, 0);
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
  /** What asks to be tried again is posted; absent: it has failed. */
  readonly post?: Post | undefined;
  /** What one of them has kept is told to those after it. */
  readonly evidence?: Evidence | undefined;
}

/** Runs parts in their order, each within its own time, until one fails. Never throws. */
export async function runParts(parts: readonly Part[], event: AlertEvent, way: PartsWay): Promise<PartsRun> {
  const said: string[] = [];
  for (const part of parts) {
    const full = way.evidence?.fill(event) ?? event;
    try {
      said.push(`${part.name}: ${await runPart(part, full, way)}`);
    } catch (error) {
      const failed = `${part.name}: ${messageOf(error)}`;
      said.push(failed);
      if (way.despite !== true) return { said, failed };
    }
  }
  return { said };
}

async function runPart(part: Part, event: AlertEvent, { signal, post }: PartsWay): Promise<string> {
  const { action } = part;
  try {
    return await inTime(action.timeout, signal, (limited) => action.run(event, limited));
  } catch (error) {
    if (post === undefined || action.exclusive || !(error instanceof Retry)) throw error;
    post(part, event);
    return `${error.message}; it is tried again`;
  }
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
