import { createServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A real server on loopback that keeps what it is sent. */
export interface Receiver {
  readonly port: number;
  /** What has arrived, in order. */
  readonly arrivals: readonly string[];
  close(): Promise<void>;
}

/** An SMTP server that takes every mail. `arrived` is called before the sender is answered. */
export async function mailServer(arrived: (text: string) => void = () => undefined): Promise<Receiver> {
  const arrivals: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, _session, done) {
      let text = '';
      stream.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      stream.on('end', () => {
        arrivals.push(text);
        arrived(text);
        done();
      });
    },
  });
  const port = await listen(server.server);
  return { port, arrivals, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** An HTTP server that answers 204 to everything. `arrived` is called before the sender is answered. */
export async function webServer(arrived: (text: string) => void = () => undefined): Promise<Receiver> {
  const arrivals: string[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    request.on('end', () => {
      arrivals.push(text);
      arrived(text);
      response.writeHead(204).end();
    });
  });
  const port = await listen(server);
  return {
    port,
    arrivals,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
