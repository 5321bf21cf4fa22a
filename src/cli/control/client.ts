import { messageOf } from '../../core/errors.ts';
import { escapeControls } from '../../core/escape.ts';
import type { Given } from '../options.ts';
import { Failure, UsageError, type World } from '../world.ts';
import { socketsToTry } from './socket.ts';

/** A question to the running daemon. */
export interface Ask {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
}

/** A daemon that hangs is not waited for, ms; loading rules takes a while on a busy host. */
const PATIENCE = 60_000;
const MOST_ANSWER = 64 * 2 ** 20;
/** Statuses that say that the question was wrong. */
const WRONG = new Set([400, 413, 422]);
/** What was asked for was right, and can't be done: rules that were rejected. */
const REFUSED = 409;

/** Asks the running daemon. @throws Failure when there is none, UsageError when it does not like the question. */
export async function ask<T>(given: Given, { env }: Pick<World, 'env'>, question: Ask): Promise<T> {
  const tried = socketsToTry(given, env);
  let why = '';
  for (const socket of tried) {
    const answer = await send(socket, question).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EACCES') why = `: you may not talk to ${socket}`;
      else if (error.code !== 'ENOENT' && error.code !== 'ECONNREFUSED')
        throw new Failure(`${socket}: ${messageOf(error)}`);
      return undefined;
    });
    if (answer !== undefined) return understand<T>(answer);
  }
  throw new Failure(`no psstop is running that listens at ${tried.join(' or ')}${why}`);
}

function understand<T>({ status, text }: { status: number; text: string }): T {
  const body = JSON.parse(text) as T & { readonly error?: string };
  if (status < 300) return body;
  // Of rules that were rejected, each mistake has a line.
  const lines = (body.error ?? `status ${status}`).split('\n');
  const message = lines.map(escapeControls).join('\n');
  if (status === REFUSED) throw new Failure(message, 2);
  throw WRONG.has(status) ? new UsageError(message) : new Failure(message);
}

async function send(
  socketPath: string,
  { method = 'GET', path, body }: Ask,
): Promise<{ status: number; text: string }> {
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const signal = AbortSignal.timeout(PATIENCE);
    const call = request({ socketPath, method, path, headers, signal }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MOST_ANSWER) response.destroy(new Error('the answer is too long'));
        else chunks.push(chunk);
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      response.on('error', reject);
    });
    call.on('error', reject);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
