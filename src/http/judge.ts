import { codeOf, messageOf, Retry } from '../core/errors.ts';
import { clip } from '../core/escape.ts';
import { ForbiddenAddress } from './address.ts';
import type { Answer } from './post.ts';
import { readRetryAfter } from './retry-after.ts';

/** Answers that ask to come back: Request Timeout, Too Early, Too Many Requests. So do all from 500 on. */
const AGAIN = new Set([408, 425, 429]);
const SHOWN = 200;

/** Says what an answer means. @param origin the receiver as it may be shown. @returns one line for the record. @throws Retry, or Error when trying again is of no use. */
export function judgeAnswer(answer: Answer, origin: string): string {
  const { status } = answer;
  if (status >= 200 && status < 300) return `${origin} took it with ${status}`;
  const said = `${origin} answered ${status}${explanation(answer.text)}`;
  if (status >= 500 || AGAIN.has(status)) {
    const after = readRetryAfter(answer.header('retry-after'), Date.now());
    throw new Retry(said, after === undefined ? {} : { after });
  }
  if (status >= 300 && status < 400) throw new Error(`${said}: redirects are not followed, write the final address`);
  if (status === 410) throw new Error(`${said}: the receiver is gone for good, remove it from the rules`);
  throw new Error(said);
}

/** Turns the failure of a connection into what the engine understands. */
export function judgeFailure(error: unknown, origin: string, signal: AbortSignal): Error {
  if (error instanceof ForbiddenAddress) return new Error(`refused: ${error.message}`, { cause: error });
  if (signal.aborted) return new Retry(`no answer from ${origin} in time`, { cause: error });
  const code = codeOf(error);
  const words = messageOf(error) || 'the connection failed';
  const named = code === undefined || words.includes(code) ? words : `${words} (${code})`;
  return new Retry(`can't reach ${origin}: ${named}`, { cause: error });
}

function explanation(text: string): string {
  const words = clip(text.trim(), SHOWN);
  return words === '' ? '' : `: ${words}`;
}
