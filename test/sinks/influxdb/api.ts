import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { type Parsed, parseLines } from './parse.ts';

/** How a server answers one write; undefined: as it should. `hang` never does. */
export type Mood =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly text?: string }
  | 'hang';

/** A server that takes what the documentation of InfluxDB 2 and 3 says may be written, and nothing else. */
export interface Api {
  readonly url: string;
  /** What it took, and what was wrong with what it did not take. */
  readonly points: Parsed[];
  readonly faults: string[];
  /** When each request came, performance.now(). */
  readonly requests: number[];
  /** Answers of the next writes. */
  readonly moods: Mood[];
  /** Longest body that it takes, bytes after unpacking. */
  longest: number;
  close(): Promise<void>;
}

export const TOKEN = 'apiv3_x-Y_z==';

/** @param port 0: any that is free. */
export async function startApi(expected: Readonly<Record<string, string>>, port = 0): Promise<Api> {
  const api = {
    ...{ points: [] as Parsed[], faults: [] as string[], requests: [] as number[], moods: [] as Mood[] },
    longest: Number.POSITIVE_INFINITY,
  };
  const server = createServer((request, response) => {
    api.requests.push(performance.now());
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(request, response, Buffer.concat(chunks)));
  });
  const answer = (request: IncomingMessage, response: ServerResponse, body: Buffer): void => {
    const mood = api.moods.shift();
    if (mood === 'hang') return;
    const { status, headers, text = '' } = mood ?? take(api, faultOf(request, expected), body);
    response.writeHead(status, headers).end(text);
  };
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return Object.assign(api, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close });
}

/**
 * What is wrong with a request by the reference of `POST /api/v2/write`: `bucket` (and `org`, in v2), `precision` of ns us ms s,
 * `Authorization: Token …`, text/plain in UTF-8, gzip.
 */
function faultOf(
  { method, url = '', headers }: IncomingMessage,
  expected: Readonly<Record<string, string>>,
): string | undefined {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  if (method !== 'POST' || pathname !== '/api/v2/write') return `there is no ${method} ${pathname}`;
  if (headers.authorization !== `Token ${TOKEN}`) return 'token missing or wrong';
  if (headers['content-encoding'] !== 'gzip') return 'not packed';
  if (headers['content-type'] !== 'text/plain; charset=utf-8') return `content type ${headers['content-type']}`;
  if (Number(headers['content-length']) <= 0) return 'no length';
  const query = Object.fromEntries(searchParams);
  const right = { ...expected, precision: 'ns' };
  return JSON.stringify(query) === JSON.stringify(right) ? undefined : `asked for ${JSON.stringify(query)}`;
}

/** Takes a body, or says why not in the words of the documentation. */
function take(
  api: Pick<Api, 'points' | 'faults' | 'longest'>,
  wrong: string | undefined,
  body: Buffer,
): { status: number; headers?: Record<string, string>; text?: string } {
  const invalid = (message: string): string => JSON.stringify({ code: 'invalid', message });
  if (wrong) {
    api.faults.push(wrong);
    return { status: wrong.startsWith('token') ? 401 : 400, text: invalid(wrong) };
  }
  const text = gunzipSync(body).toString();
  if (text.length > api.longest) {
    const answer = { code: 'request too large', message: 'too long', maxLength: api.longest };
    return { status: 413, text: JSON.stringify(answer) };
  }
  try {
    api.points.push(...parseLines(text));
    return { status: 204 };
  } catch (error) {
    api.faults.push(String(error));
    return { status: 400, text: invalid(String(error)) };
  }
}
