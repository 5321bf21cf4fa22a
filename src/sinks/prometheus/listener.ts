import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { connect, type ListenOptions } from 'node:net';
import { formatFor } from './accept.ts';
import { CONTENT_TYPES, type PageFormat } from './page.ts';

/** Where to listen, and what to say. */
export interface ListenerOptions {
  /** A TCP address, or the path of a UNIX socket. */
  readonly where: { readonly host: string; readonly port: number } | { readonly path: string };
  page(format: PageFormat): Buffer;
  trouble(message: string, severity: 'warning' | 'info'): void;
  /** How long to wait before trying again where the address is taken, ms. */
  readonly retry?: number;
}

/** An address that is listened on. */
export interface Listener {
  /** The port that was taken; undefined while there is none, and with a UNIX socket. */
  readonly port: number | undefined;
  close(): Promise<void>;
}

/** Whoever asks may be hostile, slow or many: at most so many at once, for each so long, ms. */
const MOST_AT_ONCE = 16;
const WHOLE_ANSWER = 10_000;
const WHOLE_QUESTION = 5_000;
const IDLE = 20_000;
const RETRY = 10_000;

/** Answers GET /metrics, and keeps nobody alive. Where the address can't be had, that is told once, and tried again. */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const { createServer } = await import('node:http');
  const limits = { headersTimeout: WHOLE_QUESTION, requestTimeout: WHOLE_QUESTION, keepAliveTimeout: IDLE };
  const server = createServer({ ...limits, connectionsCheckingInterval: 1_000, maxHeaderSize: 8_192 });
  server.maxConnections = MOST_AT_ONCE;
  server.on('request', (request, response) => answer(request, response, options));
  server.on('clientError', (_error, socket) => void socket.destroy());
  const stop = await keepOpen(server, options);
  return {
    get port() {
      const address = server.address();
      return typeof address === 'object' && address !== null ? address.port : undefined;
    },
    close: async () => {
      stop();
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(request: IncomingMessage, response: ServerResponse, { page }: ListenerOptions): void {
  // Whoever takes forever over an answer is left: it is one buffer, shared by all.
  const deadline = setTimeout(() => request.socket.destroy(), WHOLE_ANSWER).unref();
  response.on('close', () => clearTimeout(deadline));
  // What is sent along is not read.
  request.resume();
  const { method = '', url = '', headers } = request;
  const [path] = url.split('?', 1);
  if (path !== '/metrics') refuse(response, { status: 404, text: 'psstop: see /metrics\n' });
  else if (method !== 'GET' && method !== 'HEAD') {
    refuse(response.setHeader('allow', 'GET, HEAD'), { status: 405, text: 'only GET and HEAD\n' });
  } else {
    const format = formatFor(headers.accept);
    const body = page(format);
    response.writeHead(200, { 'content-type': CONTENT_TYPES[format], 'content-length': body.length, vary: 'accept' });
    response.end(method === 'HEAD' ? undefined : body);
  }
}

function refuse(response: ServerResponse, { status, text }: { status: number; text: string }): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(text);
}

/** Listens, and goes on trying until it can. @returns what stops that. */
async function keepOpen(server: Server, { where, trouble, retry = RETRY }: ListenerOptions): Promise<() => void> {
  const name =
    'path' in where ? where.path : `${where.host.includes(':') ? `[${where.host}]` : where.host}:${where.port}`;
  let timer: NodeJS.Timeout | undefined;
  let told = false;
  let closed = false;
  const begin = async (): Promise<void> => {
    if ('path' in where) await removeStale(where.path);
    if (closed) return;
    server.listen(where satisfies ListenOptions);
    // It keeps nobody alive: the daemon lives as long as its source.
    server.unref();
  };
  const settled = new Promise<void>((resolve) => {
    server.on('listening', () => {
      if ('path' in where) chmodSync(where.path, 0o660);
      if (told) trouble(`listens on ${name} now`, 'info');
      told = false;
      resolve();
    });
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (!told)
        trouble(
          `can't listen on ${name} (${error.code ?? error.message}): tried again every ${retry / 1000} s`,
          'warning',
        );
      told = true;
      if (!closed && !server.listening) timer = setTimeout(() => void begin(), retry).unref();
      resolve();
    });
  });
  await begin();
  await settled;
  return () => {
    closed = true;
    clearTimeout(timer);
  };
}

/** A socket file that a dead process left behind is removed; one that somebody listens on is left, and refused by the system. */
async function removeStale(path: string): Promise<void> {
  const code = await new Promise<string | undefined>((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(undefined);
    }).on('error', ({ code }: NodeJS.ErrnoException) => resolve(code));
  });
  if (code === 'ECONNREFUSED' && lstatSync(path).isSocket()) unlinkSync(path);
}
