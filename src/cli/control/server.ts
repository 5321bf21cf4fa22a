import { chmodSync, lstatSync, mkdirSync, unlinkSync } from 'node:fs';
import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import { connect, createServer, type Server } from 'node:net';
import { dirname } from 'node:path';
import { messageOf } from '../../core/errors.ts';
import { jsonLine } from '../../core/escape.ts';

/** What is asked. */
export interface Question {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Parsed JSON; undefined where there is none. */
  readonly body: unknown;
}

/** What is answered, as JSON. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** Methods that would have been right. */
  readonly allow?: string;
}

/** An open control socket. */
export interface Control {
  close(): Promise<void>;
}

/** Whoever talks to us may be hostile, slow or many. */
const MOST_BODY = 65_536;
const PATIENCE = 5_000;
const MOST_AT_ONCE = 16;
/** A socket's event: its question has been read. */
const UNDERSTOOD = 'psstop understood';

/**
 * Listens on a UNIX socket and answers HTTP. The guard is the file's mode, 0660: whoever may write to it may do what psstop
 * lets him do. HTTP itself is loaded for the first one who asks. @throws Error when another psstop listens there.
 */
export async function openControl(path: string, answer: (question: Question) => Promise<Answer>): Promise<Control> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
  if (await isAlive(path)) throw new Error(`another psstop listens at ${path}`);
  let http: Promise<HttpServer> | undefined;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    http ??= httpServer(answer);
    void http.then((speaker) => speaker.emit('connection', socket));
  });
  server.maxConnections = MOST_AT_ONCE;
  await listen(server, path);
  return {
    close: async () => {
      server.close();
      (await http)?.closeAllConnections();
      // The file goes with the server.
    },
  };
}

/** A socket file that a dead process left behind is removed. */
async function isAlive(path: string): Promise<boolean> {
  const code = await new Promise<string | undefined>((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve('alive');
    }).on('error', ({ code }: NodeJS.ErrnoException) => resolve(code));
  });
  if (code === 'ECONNREFUSED' && lstatSync(path).isSocket()) unlinkSync(path);
  return code === 'alive';
}

async function listen(server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
  chmodSync(path, 0o660);
  server.on('error', () => undefined);
  // It keeps nobody alive: the daemon lives as long as its source.
  server.unref();
}

async function httpServer(answer: (question: Question) => Promise<Answer>): Promise<HttpServer> {
  const { createServer: createHttpServer } = await import('node:http');
  const server = createHttpServer((request, response) => void serve(request, response, answer));
  // It never listens itself, and then its own timeouts look after nobody: one time for the whole question, however slow it comes.
  server.on('connection', (socket) => {
    const deadline = setTimeout(() => socket.destroy(), PATIENCE).unref();
    const stop = (): void => clearTimeout(deadline);
    socket.on('close', stop).on(UNDERSTOOD, stop);
  });
  return server;
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (question: Question) => Promise<Answer>,
): Promise<void> {
  const { status, body, allow } = await read(request)
    .then((question) => {
      // The answer may take longer.
      request.socket.emit(UNDERSTOOD);
      return 'status' in question ? question : answer(question);
    })
    .catch((error: unknown): Answer => ({ status: 500, body: { error: messageOf(error) } }));
  response.writeHead(status, {
    'content-type': 'application/json',
    connection: 'close',
    ...(allow !== undefined && { allow }),
  });
  response.end(`${jsonLine(body)}\n`);
}

async function read(request: IncomingMessage): Promise<Question | Answer> {
  const { method = 'GET', url = '/' } = request;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BODY) return { status: 413, body: { error: `at most ${MOST_BODY} bytes` } };
    chunks.push(chunk);
  }
  try {
    const { pathname, searchParams: query } = new URL(url, 'http://psstop');
    const text = Buffer.concat(chunks).toString();
    return { method, path: decodeURIComponent(pathname), query, body: text === '' ? undefined : JSON.parse(text) };
  } catch (error) {
    return { status: 400, body: { error: `this is not to be understood: ${messageOf(error)}` } };
  }
}
