import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { escapeMarkup } from '../../src/actions/body/slack.ts';
import webhook from '../../src/actions/webhook.ts';
import { OptionError, Retry } from '../../src/core/errors.ts';
import type { AlertEvent } from '../../src/core/types.ts';
import { guardedLookup, readAddress } from '../../src/http/address.ts';
import { readRetryAfter } from '../../src/http/retry-after.ts';
import { makeCertificate } from './certificate.ts';
import { actionContext, alertEvent, calm, given, HOSTILE } from './event.ts';

interface Received {
  readonly method: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

type Answering = (response: ServerResponse, request: IncomingMessage) => void;

const servers: (Server | SecureServer)[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A receiver on loopback that keeps what it gets. */
async function receiver(answer: Answering): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    received.push({ method: request.method, headers: request.headers, body });
    answer(response, request);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?token=hush`, received };
}

const status =
  (code: number, headers: Record<string, string> = {}, text = ''): Answering =>
  (response) =>
    response.writeHead(code, headers).end(text);

interface Sending {
  readonly options?: object;
  readonly event?: AlertEvent;
  readonly signal?: AbortSignal;
}

async function send(url: string, { options, event = alertEvent(), signal = calm() }: Sending = {}): Promise<string> {
  const action = await webhook.create(given({ url, ...options }), actionContext());
  return action.run(event, signal);
}

async function failure(url: string, signal = calm()): Promise<Error> {
  return send(url, { signal }).then(
    (done) => Promise.reject(new Error(`it went through: ${done}`)),
    (error: Error) => error,
  );
}

describe('the request', () => {
  test('is the event as JSON, with its id as the key against repetition', async () => {
    const { url, received } = await receiver(status(204));
    expect(await send(url, { options: { headers: { Authorization: 'Bearer abc' } } })).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+ took it with 204$/,
    );
    const [request] = received;
    expect(request?.method).toBe('POST');
    expect(JSON.parse(request?.body ?? '')).toEqual(alertEvent());
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'psstop/1.2.3',
      authorization: 'Bearer abc',
    });
    expect(request?.headers['webhook-id']).toMatch(/^[0-9a-f]{64}$/);
    expect(Number(request?.headers['webhook-timestamp'])).toBeCloseTo(Date.now() / 1000, -1);
  });

  test('finds its receiver by name', async () => {
    const { url, received } = await receiver(status(200));
    expect(await send(url.replace('127.0.0.1', 'localhost'))).toContain('http://localhost:');
    expect(received).toHaveLength(1);
  });

  test('is signed by each secret, over the id, the time of the attempt and the body', async () => {
    const { url, received } = await receiver(status(200));
    const keys = [Buffer.alloc(32, 7), Buffer.alloc(24, 9)];
    const [secret, old] = keys.map((key) => `whsec_${key.toString('base64')}`);
    const event = alertEvent({ id: 'abc-fired-1' });
    await send(url, { options: { secret, 'previous-secrets': [old] }, event });
    await send(url, { options: { secret }, event });
    const [request, again] = received;
    const content = `abc-fired-1.${request?.headers['webhook-timestamp']}.${request?.body}`;
    const expected = keys.map((key) => `v1,${createHmac('sha256', key).update(content).digest('base64')}`);
    expect(request?.headers['webhook-signature']).toBe(expected.join(' '));
    expect(again?.headers['webhook-id']).toBe('abc-fired-1');
  });

  test('agrees with the example of the specification', async () => {
    const { signatureHeaders, readSecret } = await import('../../src/actions/http/signature.ts');
    const key = readSecret(['secret'], 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
    const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', time: 1_614_265_330_000, body: '{"test": 2432232314}' };
    expect(signatureHeaders(message, [key])['webhook-signature']).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    );
  });
});

describe('the body', () => {
  async function body(format: string, event: AlertEvent): Promise<Record<string, unknown>> {
    const { url, received } = await receiver(status(200));
    await send(url, { options: { format }, event });
    return JSON.parse(received[0]?.body ?? '');
  }

  test('can be the one of Alertmanager, the same alert from firing to resolved', async () => {
    const event = alertEvent({ labels: { team: 'web', 'bad-name': 'x', alertname: 'mine' } });
    const firing = await body('alertmanager', event);
    expect(firing).toMatchObject({
      version: '4',
      status: 'firing',
      groupLabels: { alertname: 'web-over-budget' },
      alerts: [
        {
          labels: { team: 'web', bad_name: 'x', alertname: 'web-over-budget', severity: 'critical' },
          endsAt: '0001-01-01T00:00:00Z',
        },
      ],
    });
    const resolved = await body('alertmanager', { ...event, kind: 'resolved', reason: 'cleared' });
    expect(resolved).toMatchObject({ status: 'resolved', alerts: [{ endsAt: new Date(event.time).toISOString() }] });
    expect(await body('alertmanager', { ...event, kind: 'cancelled' })).toMatchObject({ status: 'resolved' });
    const prints = [firing, resolved].map((sent) => (sent.alerts as { fingerprint: string }[])[0]?.fingerprint);
    expect(prints[0]).toMatch(/^[0-9a-f]{16}$/);
    expect(prints[0]).toBe(prints[1]);
  });

  test('can be the one of Slack, in which a process can call nobody', async () => {
    const sent = await body('slack', alertEvent({ message: `${HOSTILE} <!channel> [x](http://evil)` }));
    expect(sent.text).toContain('[critical]\u200b web-over-budget: ');
    expect(sent.text).toContain('&lt;!channel&gt;');
    expect(JSON.stringify(sent)).not.toMatch(/@all|<|]\(/);
    expect(escapeMarkup('a & b')).toBe('a &amp; b');
  });
});

describe('an answer', () => {
  test.each([500, 502, 503, 408, 425, 429])('of %i asks to come again', async (code) => {
    const { url } = await receiver(status(code));
    expect(await failure(url)).toBeInstanceOf(Retry);
  });

  test('says when to come again', async () => {
    const { url } = await receiver(status(429, { 'retry-after': '7' }));
    expect(await failure(url)).toMatchObject({ after: 7000 });
  });

  test.each([400, 401, 404, 410])('of %i is final', async (code) => {
    const { url } = await receiver(status(code, {}, `no\u001b[2J such hook ${'x'.repeat(1000)}`));
    const error = await failure(url);
    expect(error).not.toBeInstanceOf(Retry);
    expect(error.message).toContain(`answered ${code}: no\x1b[2J such hook`);
    expect(error.message.length).toBeLessThan(400);
    expect(error.message).not.toContain('hush');
  });

  test('that leads elsewhere is a failure, and nothing is sent there', async () => {
    const other = await receiver(status(200));
    const { url } = await receiver(status(302, { location: other.url }));
    const error = await failure(url);
    expect(error).not.toBeInstanceOf(Retry);
    expect(error.message).toContain('redirects are not followed');
    expect(other.received).toEqual([]);
  });

  test('without an end counts by its status', async () => {
    const slow = await receiver((response) => {
      response.writeHead(200);
      response.write('a');
    });
    const huge = await receiver((response) => {
      response.writeHead(400);
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    });
    const begin = performance.now();
    const [done, refused] = await Promise.all([send(slow.url), failure(huge.url)]);
    expect(done).toContain('took it with 200');
    expect(refused.message).toContain('answered 400: xxx');
    expect(performance.now() - begin).toBeLessThan(4000);
  });
});

describe('a receiver', () => {
  test('that never answers is left when time is up', async () => {
    const { url } = await receiver(() => undefined);
    const error = await failure(url, AbortSignal.timeout(50));
    expect(error).toBeInstanceOf(Retry);
    expect(error.message).toMatch(/no answer from http:\/\/127\.0\.0\.1:\d+ in time/);
  });

  test('that refuses, hangs up or talks nonsense is tried again', async () => {
    for (const answer of ['', 'nonsense\r\n\r\n']) {
      const server = createTcpServer((socket) =>
        socket
          .resume()
          .end(answer)
          .on('error', () => undefined),
      );
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      expect(await failure(url)).toBeInstanceOf(Retry);
      await new Promise((resolve) => server.close(resolve));
      const refused = await failure(url);
      expect(refused).toBeInstanceOf(Retry);
      expect(refused.message).toContain('ECONNREFUSED');
    }
  });

  test('gets nothing when the attempt was called off before it began', async () => {
    const { url, received } = await receiver(status(200));
    await failure(url, AbortSignal.abort());
    expect(received).toEqual([]);
  });
});

describe('over TLS', () => {
  test('only a receiver whose certificate is trusted gets anything', async () => {
    const certificate = makeCertificate();
    const received: string[] = [];
    const server = createSecureServer({ key: certificate.key, cert: certificate.cert }, (request, response) => {
      received.push(request.url ?? '');
      response.end();
    });
    servers.push(server);
    try {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
      const error = await failure(url);
      expect(error).toBeInstanceOf(Retry);
      expect(error.message).toMatch(/self-signed certificate/);
      expect(received).toEqual([]);
      expect(await send(url, { options: { tls: { ca: certificate.path } } })).toContain('took it with 200');
    } finally {
      certificate.remove();
    }
  });
});

describe('an address', () => {
  test.each([
    ['ftp://example.org/', false],
    ['nonsense', false],
    ['https://user:pass@example.org/', false],
    ['http://example.org/hook', false],
    ['http://192.0.2.1/', false],
    ['http://169.254.169.254/latest', true],
    ['https://[fe80::1]/', true],
  ])('like %s is refused', (url, plain) => {
    expect(() => readAddress(url, plain)).toThrow(OptionError);
    expect(() => readAddress(url, plain)).not.toThrow(/pass@|latest/);
  });

  test.each([
    'https://example.org/',
    'http://localhost:8080/',
    'http://[::1]/',
    'http://10.1.2.3/',
    'http://chat/',
    'http://a.internal/',
  ])('like %s is taken', (url) => expect(readAddress(url, false).href).toBe(url));

  test('in the open is taken when the user says so', () => {
    expect(readAddress('http://example.org/', true).hostname).toBe('example.org');
  });

  test('is checked again once the name is resolved', async () => {
    const found = (lookup: ReturnType<typeof guardedLookup>, name: string): Promise<unknown> =>
      new Promise((resolve) => lookup(name, { all: true }, (error, addresses) => resolve(error ?? addresses)));
    expect(await found(guardedLookup(true), '127.0.0.1')).toEqual([{ address: '127.0.0.1', family: 4 }]);
    expect(await found(guardedLookup(true), '192.0.2.1')).toMatchObject({ message: /public/ });
    expect(await found(guardedLookup(false), '192.0.2.1')).toHaveLength(1);
    expect(await found(guardedLookup(false), '::ffff:169.254.169.254')).toBeInstanceOf(Error);
  });
});

describe('options', () => {
  test.each([
    ['a secret without whsec_', { secret: 'hush-hush' }, /whsec_/],
    ['a secret that is too short', { secret: 'whsec_aGVsbG8=' }, /24 to 64/],
    ['a header with a line break', { headers: { 'x-a': 'hush\nx-b: c' } }, /line break/],
    ['a header of the connection', { headers: { Host: 'example.org' } }, /set by psstop/],
    ['a header with a strange name', { headers: { 'a b': 'c' } }, /no name of a header/],
    ['a timeout without a unit', { timeout: '5' }, /unit is missing/],
    ['an authority that is not there', { tls: { ca: '/nonexistent/ca.pem' } }, /authorities/],
  ])('with %s are refused', (_what, options, word) => {
    const create = (): unknown => webhook.create(given({ url: 'https://example.org/', ...options }), actionContext());
    expect(create).toThrow(OptionError);
    expect(create).toThrow(word);
    expect(create).not.toThrow(/hush/);
  });

  test('without an address are refused', () => {
    expect(() => webhook.create(given({}), actionContext())).toThrow(/url: https/);
  });
});

describe('Retry-After', () => {
  test('is read as seconds or as a date, and never believed for more than a day', () => {
    const now = Date.parse('2026-11-23T02:00:00Z');
    expect(readRetryAfter('120', now)).toBe(120_000);
    expect(readRetryAfter('Mon, 23 Nov 2026 02:00:30 GMT', now)).toBe(30_000);
    expect(readRetryAfter('Mon, 23 Nov 2026 01:00:30 GMT', now)).toBe(0);
    expect(readRetryAfter('99999999999', now)).toBe(86_400_000);
    expect(readRetryAfter('soon', now)).toBeUndefined();
  });
});
