import { messageOf, Retry } from '../../core/errors.ts';
import { judgeAnswer } from '../../http/judge.ts';
import type { Answer } from '../../http/post.ts';

/**
 * What became of a batch. `later`: it is tried again, after so many ms where the server named a time, and only so often where the
 * batch itself may be to blame. `split`: it is too long. `refused`: it, or so many
 * lines of it, is wrong and will be.
 */
export type Outcome =
  | { readonly kind: 'taken' }
  | { readonly kind: 'later'; readonly why: string; readonly after?: number; readonly tries?: number }
  | { readonly kind: 'split'; readonly why: string }
  | { readonly kind: 'refused'; readonly why: string; readonly lines?: number };

/** Wrong credentials, or no such database: somebody may mend that, so the batch is offered for an hour. */
const BARRED = new Set([401, 403, 404]);
const BARRED_PAUSE = 300_000;
const BARRED_TRIES = 12;
/** InfluxDB 1 answers 500 both when its disk is full and to what it can't digest. */
const FAULT_TRIES = 25;

/**
 * Reads the answer to a write (docs.influxdata.com: v1 /write, v2 and v3 /api/v2/write): 204 taken; 400 and 422 malformed, a
 * field of another type, or beyond the retention (the rest of the batch is taken, `dropped=2` says how much was not); 401, 403, 404; 413 too long; 429 and 503 with Retry-After; 5xx.
 */
export function outcomeOf(answer: Answer, origin: string): Outcome {
  const { status } = answer;
  try {
    judgeAnswer(answer, origin);
    return { kind: 'taken' };
  } catch (error) {
    if (error instanceof Retry) return laterOf(error, status);
    const why = messageOf(error);
    if (status === 413) return { kind: 'split', why };
    if (BARRED.has(status)) return { kind: 'later', why, after: BARRED_PAUSE, tries: BARRED_TRIES };
    const dropped = PARTIAL.exec(answer.text)?.[1];
    return { kind: 'refused', why, ...(dropped !== undefined && { lines: Number(dropped) }) };
  }
}

/** What InfluxDB 1 says when it took all but some lines. */
const PARTIAL = /^\{"error":"partial write: .* dropped=(\d{1,9})/;

function laterOf({ message: why, after }: Retry, status: number): Outcome {
  return { kind: 'later', why, ...(after !== undefined && { after }), ...(status === 500 && { tries: FAULT_TRIES }) };
}
