import { type AddressInfo, createServer, type Server } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import email from '../../src/actions/email.ts';
import { escapeHtml } from '../../src/actions/mail/compose.ts';
import { readServer } from '../../src/actions/mail/server.ts';
import { OptionError, Retry } from '../../src/core/errors.ts';
import type { AlertEvent } from '../../src/core/types.ts';
import { type Certificate, makeCertificate } from './certificate.ts';
import { actionContext, alertEvent, calm, given, HOSTILE } from './event.ts';
import { decodePng } from './mail/decode-png.ts';

interface Mail {
  readonly from: string;
  readonly to: string[];
  readonly user: unknown;
  readonly secure: boolean;
  readonly raw: string;
}

let certificate: Certificate;
const closing: (() => void)[] = [];

beforeAll(() => {
  certificate = makeCertificate();
});
afterAll(() => certificate.remove());
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A real mail server on loopback that keeps what it gets. */
async function mailServer(options: SMTPServerOptions = {}): Promise<{ port: number; mails: Mail[] }> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? '' : mailFrom.address;
        const raw = Buffer.concat(chunks).toString();
        mails.push({ from, to: rcptTo.map(({ address }) => address), user: session.user, secure: session.secure, raw });
        done(null, 'queued as 42');
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  return { port: (server.server.address() as AddressInfo).port, mails };
}

/** Something that listens and is no mail server. */
async function odd(talk: (write: (text: string) => void, end: () => void) => void): Promise<number> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined).resume();
    closing.push(() => socket.destroy());
    talk(
      (text) => socket.write(text),
      () => socket.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

interface Sending {
  readonly options?: object;
  readonly event?: AlertEvent;
  readonly signal?: AbortSignal;
}

async function send(port: number, { options, event = alertEvent(), signal = calm() }: Sending = {}): Promise<string> {
  const given_ = given({ server: `smtp://127.0.0.1:${port}`, to: ['ops@example.org'], timeout: '5s', ...options });
  const action = await email.create(given_, actionContext());
  return action.run(event, signal);
}

async function failure(port: number, sending: Sending = {}): Promise<Error> {
  return send(port, sending).then(
    (done) => Promise.reject(new Error(`it went through: ${done}`)),
    (error: Error) => error,
  );
}

/** The headers of a mail, unfolded. */
function headers(raw: string): Map<string, string> {
  const [head = ''] = raw.split('\r\n\r\n', 1);
  const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  return new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
}

/** A part of a mail, decoded from quoted-printable or base64. */
function part(raw: string, type: string): string {
  const found =
    raw.split(/\r\n--[^\r\n]+\r\n/).find((text) => text.toLowerCase().startsWith(`content-type: ${type}`)) ?? '';
  const at = found.indexOf('\r\n\r\n');
  const [head, body] = [found.slice(0, at), found.slice(at + 4)];
  if (/base64/i.test(head)) return Buffer.from(body, 'base64').toString();
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}

/** The picture of a mail: the type of what it stands in, its own headers, unfolded, and its bytes. */
function imageOf(raw: string): { type: string; head: string; body: Buffer } {
  const found = raw.split(/\r\n--[^\r\n]+\r\n/).find((text) => /^content-type: image\/png/i.test(text)) ?? '';
  const at = found.indexOf('\r\n\r\n');
  const head = found
    .slice(0, at)
    .replace(/\r\n[ \t]+/g, ' ')
    .replaceAll('\r\n', '\n');
  const before = raw.slice(0, raw.indexOf(found));
  const type = [...before.matchAll(/^content-type: (multipart\/\w+)/gim)].at(-1)?.[1] ?? '';
  return { type, head, body: Buffer.from(found.slice(at + 4), 'base64') };
}

const login = { user: 'psstop', password: 'hush-hush' };

describe('a mail', () => {
  test('says in its subject what is wrong, and in its text all the facts', async () => {
    const { port, mails } = await mailServer();
    const processes = [{ pid: 4711, start: 1, name: 'nginx', pss: 300 * 2 ** 20 }];
    const event = alertEvent({ target: { count: 3, processes }, summary: 'stays under its budget' });
    expect(await send(port, { event })).toBe(`127.0.0.1:${port} took it for ops@example.org: 250 queued as 42`);
    const [mail] = mails;
    expect(mail).toMatchObject({ from: 'psstop@web1.example.org', to: ['ops@example.org'], secure: false });
    expect(headers(mail?.raw ?? '').get('subject')).toBe(
      '[critical] web-over-budget: nginx holds 612 MiB of 500 MiB (web1.example.org)',
    );
    const text = part(mail?.raw ?? '', 'text/plain');
    for (const fact of [
      /^Why: +pss is 612 MiB, above 500 MiB\r?$/m,
      /^Value: +612 MiB\r?$/m,
      /^Limit: +500 MiB\r?$/m,
      /^Rule: +web-over-budget \(stays under its budget\)\r?$/m,
      /^Target: +nginx \(3 processes\)\r?$/m,
      /^Unit: +nginx.service\r?$/m,
      /^Host: +web1.example.org\r?$/m,
      /^Since: .*\(2m ago\)\r?$/m,
      /^Labels: +team=web\r?$/m,
      /^ +4711 +300 MiB +nginx\r?$/m,
    ]) {
      expect(text).toMatch(fact);
    }
    expect(part(mail?.raw ?? '', 'text/html')).toContain('<td>612 MiB</td>');
  });

  test('says what of it is a bound, and what was read before', async () => {
    const { port, mails } = await mailServer();
    const processes = [
      { pid: 4711, start: 1, name: 'nginx', pss: 300 * 2 ** 20, age: 95_000 },
      { pid: 4712, start: 1, name: 'nginx' },
    ];
    await send(port, { event: alertEvent({ rough: true, target: { count: 2, processes } }) });
    const [text, html] = ['text/plain', 'text/html'].map((type) => part(mails[0]?.raw ?? '', type));
    expect(text).toMatch(/^Value: +at least 612 MiB\r?$/m);
    expect(text).toMatch(/^ +4711 +300 MiB +nginx \(read 1m ago\)\r?$/m);
    expect(text).toMatch(/^ +4712 +nginx\r?$/m);
    expect(html).toContain('<td>1m ago</td>');
  });

  test.each([
    ['where sizes are from before', 95_000, ['PID', 'PSS', 'Name', 'Read']],
    ['where all were read for the event', undefined, ['PID', 'PSS', 'Name']],
  ])('has a heading for each column of its processes, %s', async (_, age, headings) => {
    const { port, mails } = await mailServer();
    const processes = [{ pid: 4711, start: 1, name: 'nginx', pss: 300 * 2 ** 20, ...(age !== undefined && { age }) }];
    await send(port, { event: alertEvent({ target: { processes } }) });
    const html = part(mails[0]?.raw ?? '', 'text/html');
    const rows = html.slice(html.indexOf('<tr><th>PID')).match(/<tr>.*?<\/tr>/gs) ?? [];
    expect([...(rows[0] ?? '').matchAll(/<th[^>]*>([^<]*)/g)].map(([, title]) => title)).toEqual(headings);
    for (const row of rows.slice(1)) expect(row.match(/<td/g)).toHaveLength(headings.length);
  });

  test('stands in one thread with the others of its alert, and can be told when it comes twice', async () => {
    const { port, mails } = await mailServer();
    const event = alertEvent({ host: 'web 1\r\nBcc: evil@example.org' });
    await send(port, { event });
    await send(port, { event });
    await send(port, { event: { ...event, id: 'other', kind: 'resolved', reason: 'exited' } });
    const [first, again, resolved] = mails.map(({ raw }) => headers(raw));
    expect(first?.get('message-id')).toMatch(/^<psstop\.[0-9a-f]{32}@web-1--Bcc--evil-example.org>$/);
    expect(again?.get('message-id')).toBe(first?.get('message-id'));
    expect(resolved?.get('message-id')).not.toBe(first?.get('message-id'));
    expect(resolved?.get('references')).toBe(first?.get('references'));
    expect(resolved?.get('subject')).toMatch(/^\[resolved: exited\]/);
    expect(resolved?.get('auto-submitted')).toBe('auto-generated');
    expect(resolved?.get('x-psstop-kind')).toBe('resolved');
    expect(resolved?.get('x-psstop-severity')).toBe('critical');
    expect(mails.flatMap(({ to }) => to).includes('evil@example.org')).toBe(false);
    expect(first?.has('bcc')).toBe(false);
  });

  test('carries no command of a process name, in headers, text or HTML', async () => {
    const { port, mails } = await mailServer();
    const name = `${HOSTILE}\r\nBcc: evil@example.org\r\n\r\n`;
    const target = { name, unit: name, processes: [{ pid: 1, start: 1, name }] };
    await send(port, { event: alertEvent({ message: name, because: name, rule: name, target }) });
    const [mail] = mails;
    const raw = mail?.raw ?? '';
    expect(mail?.to).toEqual(['ops@example.org']);
    expect([...headers(raw).keys()].sort()).toEqual(
      [
        ...[
          'auto-submitted',
          'content-type',
          'date',
          'from',
          'in-reply-to',
          'message-id',
          'mime-version',
          'references',
          'subject',
          'to',
        ],
        ...[
          'x-auto-response-suppress',
          'x-psstop-alert',
          'x-psstop-event',
          'x-psstop-host',
          'x-psstop-kind',
          'x-psstop-rule',
        ],
        'x-psstop-severity',
      ].sort(),
    );
    expect(part(raw, 'text/plain')).toContain('evil\\n<2>\\x1b[2J\\u202e');
    expect(part(raw, 'text/plain')).not.toMatch(/^Bcc/m);
    expect(part(raw, 'text/html')).toContain('&#39;&amp;&lt;script&gt;');
    expect(part(raw, 'text/html')).not.toContain('<script>');
    expect(escapeHtml(`<a href="x">'&`)).toBe('&lt;a href=&quot;x&quot;&gt;&#39;&amp;');
  });

  test('goes to all addresses, with the sender and the subject that were asked for', async () => {
    const { port, mails } = await mailServer();
    const options = {
      to: ['a@example.org', 'Ops <b@example.org>'],
      cc: 'c@example.org',
      from: 'w@example.org',
      subject: '{{target}}!',
    };
    await send(port, { options });
    expect(mails[0]).toMatchObject({ from: 'w@example.org', to: ['a@example.org', 'b@example.org', 'c@example.org'] });
    expect(headers(mails[0]?.raw ?? '').get('subject')).toBe('nginx!');
  });

  test('that some may not have is told of', async () => {
    const { port } = await mailServer({
      onRcptTo: ({ address }, _session, done) => done(address.startsWith('b') ? new Error('no such user') : null),
    });
    const said = await send(port, { options: { to: ['a@example.org', 'b@example.org'] } });
    expect(said).toMatch(/took it for a@example.org: .*; it refused b@example.org$/);
  });
});

describe('a login', () => {
  const locked: SMTPServerOptions = {
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) =>
      password === login.password ? done(null, { user: username }) : done(new Error('Invalid username or password')),
  };

  test('over STARTTLS is made once the certificate is trusted', async () => {
    const { key, cert, path } = certificate;
    const { port, mails } = await mailServer({ ...locked, key, cert, disabledCommands: [] });
    await send(port, { options: { ...login, tls: { ca: path, require: true } } });
    expect(mails[0]).toMatchObject({ user: 'psstop', secure: true });
    const error = await failure(port, { options: { ...login } });
    expect(error.message).toMatch(/self-signed certificate/);
    await send(port, { options: { ...login, tls: { 'reject-unauthorized': false } } });
    expect(mails).toHaveLength(2);
  });

  test('is not needed on this host, nor is a certificate that anybody vouches for', async () => {
    const { key, cert } = certificate;
    const { port, mails } = await mailServer({ key, cert, disabledCommands: [] });
    await send(port);
    expect(mails[0]).toMatchObject({ secure: true });
    const error = await failure(port, { options: { tls: { 'reject-unauthorized': true } } });
    expect(error.message).toMatch(/self-signed certificate/);
  });

  test('over TLS from the first byte is made', async () => {
    const { key, cert, path } = certificate;
    const { port, mails } = await mailServer({ ...locked, key, cert, secure: true });
    await send(port, { options: { ...login, server: `smtps://127.0.0.1:${port}`, tls: { ca: path } } });
    expect(mails[0]).toMatchObject({ user: 'psstop', secure: true });
  });

  test('carries a picture of the last hours, encrypted like the rest', async () => {
    const { key, cert, path } = certificate;
    const { port, mails } = await mailServer({ ...locked, key, cert, disabledCommands: [] });
    const values = Array.from({ length: 60 }, (_, index) => 100 + 8 * index);
    const curve = {
      of: 'pss',
      unit: 'bytes',
      from: 1_800_000_000_000,
      every: 180_000,
      scale: 2 ** 20,
      values,
    } as const;
    await send(port, { options: { ...login, tls: { ca: path, require: true } }, event: alertEvent({ curve }) });
    const [mail] = mails;
    expect(mail?.secure).toBe(true);
    const { type, head, body } = imageOf(mail?.raw ?? '');
    expect(type).toBe('multipart/related');
    expect(head).toMatch(/^content-disposition: inline; filename=trend\.png$/im);
    const cid = /^content-id: <(.+)>$/im.exec(head)?.[1] ?? 'none';
    const html = part(mail?.raw ?? '', 'text/html');
    expect(html).toContain(`<img src="cid:${cid}" width="640" height="200"`);
    const told = /[▁-█]{24} pss from 100 MiB to 572 MiB in 2h57m/;
    expect(html).toMatch(new RegExp(` alt="${told.source}"`));
    expect(part(mail?.raw ?? '', 'text/plain')).toMatch(new RegExp(`^Trend: +${told.source}\r?$`, 'm'));
    const picture = decodePng(body);
    expect([picture.width, picture.height]).toEqual([1280, 400]);
    const drawn = (x: number): number[] =>
      Array.from({ length: picture.height }, (_, y) => y).filter((y) => picture.at(x, y) === 0x1f6feb);
    // It rises from the left to the right.
    expect(Math.min(...drawn(1240))).toBeLessThan(Math.min(...drawn(210)) - 200);
  });

  test('about several carries a picture of each of the worst, with the evidence of all', async () => {
    const { port, mails } = await mailServer();
    const curve = {
      unit: 'bytes',
      from: 1_800_000_000_000,
      every: 60_000,
      scale: 2 ** 20,
      values: [90, 95, 120],
    } as const;
    const alerts = Array.from({ length: 6 }, (_, index) =>
      alertEvent({
        ...{ id: `event-${index}`, alert: `alert-${index}`, message: `web${index} <b> holds 612 MiB` },
        ...(index !== 1 && { curve }),
        ...(index === 2 && { evidence: ['/var/lib/psstop/captures/2.txt'] }),
      }),
    );
    await send(port, { event: alertEvent({ curve, bundle: { alerts, count: 6, firing: 6 } }) });
    const raw = mails[0]?.raw ?? '';
    const html = part(raw, 'text/html');
    // The second is too young to be drawn.
    const shown = [
      ...html.matchAll(/<p>\[critical\] web-over-budget: web(\d) &lt;b&gt; holds 612 MiB<br><img src="cid:([^"]+)"/g),
    ];
    expect(shown.map(([, index]) => index)).toEqual(['0', '2', '3', '4']);
    const held = [...raw.matchAll(/^content-id: <(.+)>\r?$/gim)].map(([, cid]) => cid);
    expect(held).toEqual(shown.map(([, , cid]) => cid));
    expect(part(raw, 'text/plain')).toMatch(/^Evidence: +\/var\/lib\/psstop\/captures\/2.txt\r?$/m);
  });

  test('that fails is final and says so, without the password', async () => {
    const { port } = await mailServer(locked);
    const error = await failure(port, { options: { user: 'psstop', password: 'wrong-hush' } });
    expect(error).not.toBeInstanceOf(Retry);
    expect(error.message).toMatch(/refused the login, check user and password: .*535/);
    expect(error.message).not.toContain('wrong-hush');
  });

  test('is never sent in the clear when encryption is required', async () => {
    const { port, mails } = await mailServer(locked);
    await failure(port, { options: { ...login, tls: { require: true } } });
    expect(mails).toEqual([]);
  });
});

describe('a mail server', () => {
  const answer = (code: number): SMTPServerOptions => ({
    onMailFrom: (_address, _session, done) =>
      done(Object.assign(new Error('not now\u001b[2J'), { responseCode: code })),
  });

  test('that says 4xx is tried again', async () => {
    for (const code of [421, 450]) {
      const { port } = await mailServer(answer(code));
      const error = await failure(port);
      expect(error).toBeInstanceOf(Retry);
      expect(error.message).toContain(String(code));
    }
  });

  test('that says 5xx is believed', async () => {
    const { port } = await mailServer(answer(550));
    const error = await failure(port);
    expect(error).not.toBeInstanceOf(Retry);
    expect(error.message).toMatch(/refused the mail: .*550/);
    expect(error.message).not.toContain('\u001b');
  });

  test('that is not there is tried again', async () => {
    const { port } = await mailServer();
    for (const close of closing.splice(0)) close();
    const error = await failure(port);
    expect(error).toBeInstanceOf(Retry);
    expect(error.message).toContain('ECONNREFUSED');
  });

  test('that never greets is left after the time set', async () => {
    const port = await odd(() => undefined);
    const begin = performance.now();
    expect(await failure(port, { options: { timeout: '200ms' } })).toBeInstanceOf(Retry);
    expect(performance.now() - begin).toBeLessThan(3000);
  });

  test('that greets and says no more is left when called off', async () => {
    const port = await odd((write) => write('220 hello\r\n'));
    const error = await failure(port, { signal: AbortSignal.timeout(100) });
    expect(error).toBeInstanceOf(Retry);
    expect(error.message).toContain('in time');
  });

  test('that is busy, hangs up or talks nonsense is tried again', async () => {
    const busy = await odd((write) => write('421 busy, come back\r\n'));
    const dropping = await odd((_write, end) => end());
    const late = await odd((write, end) => {
      write('220 hello\r\n');
      setTimeout(end, 50);
    });
    const nonsense = await odd((write) => write('HTTP/1.1 400 Bad Request\r\n\r\n'));
    for (const port of [busy, dropping, late, nonsense]) expect(await failure(port)).toBeInstanceOf(Retry);
  });

  test('is not called when the attempt was called off before', async () => {
    const { port, mails } = await mailServer();
    await failure(port, { signal: AbortSignal.abort() });
    expect(mails).toEqual([]);
  });
});

describe('options', () => {
  test.each([
    ['nobody to write to', { to: undefined }, /to: \[ops/],
    ['no address', { to: ['ops'] }, /is not one address/],
    ['two addresses in one', { to: 'a@b.c, d@e.f' }, /is not one address/],
    ['a line break in an address', { from: 'a@b.c\r\nBcc: d@e.f' }, /is not one address/],
    ['another protocol', { server: 'http://mail' }, /write smtp:\/\//],
    ['a password in the address', { server: 'smtp://u:hush@mail' }, /options of their own/],
    ['a path', { server: 'smtp://mail/x' }, /host and a port/],
    ['half a login', { user: 'a' }, /both user and password/],
    ['an unknown field', { subject: '{{pidd}}' }, /unknown field/],
  ])('with %s are refused', async (_what, options, word) => {
    const create = async (): Promise<unknown> =>
      email.create(given({ to: ['ops@example.org'], ...options }), actionContext({ live: false }));
    await expect(create()).rejects.toThrow(OptionError);
    await expect(create()).rejects.toThrow(word);
    await expect(create()).rejects.not.toThrow(/hush/);
  });

  test('name the usual ports', () => {
    expect(readServer('smtp://mail', false)).toEqual({ host: 'mail', port: 25, secure: false, loopback: false });
    expect(readServer('smtp://mail', true).port).toBe(587);
    expect(readServer('smtps://[::1]', true)).toEqual({ host: '::1', port: 465, secure: true, loopback: true });
    expect(readServer('smtp://localhost:2525', false)).toMatchObject({ port: 2525, loopback: true });
  });
});
