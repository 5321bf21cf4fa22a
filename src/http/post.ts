import type { IncomingMessage } from 'node:http';
import type { RequestOptions } from 'node:https';

/** Of an answer so much is read. */
const LONGEST_ANSWER = 64 * 1024;
/** The status is the answer; the text only explains it, so it is not waited for long. ms. */
const TEXT_WAIT = 2_000;

/** One request to make. */
export interface Post {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** As it is sent: what is packed says so in `headers`. */
  readonly body: string | Uint8Array;
  readonly signal: AbortSignal;
  /** How names are resolved, and what certificates are trusted. */
  readonly options: Pick<RequestOptions, 'lookup' | 'ca' | 'rejectUnauthorized'>;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  /** The header of this name (small letters), if it came. */
  header(name: string): string | undefined;
  /** The first 64 KiB of the text, or as much of it as came in two seconds. */
  readonly text: string;
}

/** Loads what speaks to that address, so that nothing has to be loaded when memory is short. */
export function prepare({ protocol }: URL): void {
  clientFor(protocol);
}

/** A plain import of node:http makes newer versions of Node load their fetch as well: 7 MB. */
function clientFor(protocol: string): Pick<typeof import('node:https'), 'request'> {
  return process.getBuiltinModule(protocol === 'https:' ? 'node:https' : 'node:http');
}

/**
 * Sends a POST over a connection of its own. Nothing is followed: a redirect is an answer like any other, and no header is
 * sent to a second place. @throws the error of the connection, or of the signal.
 */
export function post({ url, headers, body, signal, options }: Post): Promise<Answer> {
  const { request } = clientFor(url.protocol);
  const length = String(Buffer.byteLength(body));
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const sending = request(
      url,
      { method: 'POST', agent: false, signal, ...options, headers: { ...headers, 'content-length': length } },
      (response) => void readAnswer(response).then(resolve),
    );
    sending.on('error', reject);
    sending.end(body);
  });
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const text = await readText(response);
  return {
    status: response.statusCode ?? 0,
    header: (name) => response.headers[name]?.toString(),
    text,
  };
}

/** Whatever goes wrong while the text comes in, the status is known already. */
function readText(response: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const finish = (): void => {
      clearTimeout(timer);
      response.destroy();
      resolve(Buffer.concat(chunks).subarray(0, LONGEST_ANSWER).toString());
    };
    const timer = setTimeout(finish, TEXT_WAIT);
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= LONGEST_ANSWER) finish();
    });
    response.on('error', finish);
    response.on('end', finish);
    response.on('close', finish);
  });
}
