import { OptionError } from '../core/errors.ts';
import { clip, escapeControls } from '../core/escape.ts';
import type { Action, ActionContext, ActionPlugin, MessageTemplate } from '../core/types.ts';
import { compose } from './mail/compose.ts';
import { judgeMailFailure } from './mail/judge.ts';
import { readServer } from './mail/server.ts';
import { listOf, readDuration, readTemplate, required } from './options/read.ts';
import { readTls, TLS_PROPERTIES, type TlsOptions } from './options/tls.ts';

interface Options {
  readonly server?: string;
  readonly user?: string;
  readonly password?: string;
  readonly from?: string;
  readonly to?: string | readonly string[];
  readonly cc?: string | readonly string[];
  readonly subject?: string;
  readonly timeout?: string;
  readonly tls?: TlsOptions & { readonly require?: boolean };
}

const addresses = (description: string): object => ({
  description,
  type: ['string', 'array'],
  items: { type: 'string' },
  minItems: 1,
  examples: [['ops@example.org']],
});

const plugin: ActionPlugin = {
  summary: 'sends a mail through a mail server, with the facts as text and as HTML',
  example: {
    server: 'smtp://mail.example.org:587',
    user: 'psstop',
    password: { file: '/etc/psstop/mail-password' },
    to: ['ops@example.org'],
  },
  on: ['fired', 'reminded', 'resolved'],
  schema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      server: {
        type: 'string',
        description:
          'smtp://host:port (STARTTLS where offered) or smtps://host:port. If not said, smtp://localhost:25.',
      },
      user: { type: 'string', description: 'Name to log in with.' },
      password: { $ref: '#/$defs/secret', description: 'Password to log in with.' },
      from: { type: 'string', description: "The sender's address. If not said, psstop@HOST." },
      to: addresses('The addresses it goes to.'),
      cc: addresses('The addresses that get a copy.'),
      subject: { type: 'string', description: 'Instead of the usual subject; {{…}} is filled in.' },
      timeout: { $ref: '#/$defs/duration', default: '30s', description: 'How long one attempt may take.' },
      tls: {
        type: 'object',
        additionalProperties: false,
        properties: {
          ...TLS_PROPERTIES,
          require: {
            type: 'boolean',
            description: 'Send nothing unencrypted. If not said: true with a login, unless the server is on this host.',
          },
        },
      },
    },
  },
  async create(options: Options, context: ActionContext) {
    const settings = readSettings(options, context);
    if (!context.live)
      return mail(settings, () => Promise.reject(new Error('rules are only being checked: no mail is sent')));
    const { createTransport } = await import('nodemailer');
    const transport = createTransport({ ...settings.transport, disableFileAccess: true, disableUrlAccess: true });
    return mail(settings, (message) => transport.sendMail(message));
  },
};

export default plugin;

type Settings = ReturnType<typeof readSettings>;

/** What a server said to a mail. */
interface Receipt {
  readonly accepted: readonly unknown[];
  readonly rejected: readonly unknown[];
  readonly response: string;
}

type Message = ReturnType<typeof compose> &
  Settings['envelope'] & { readonly date: Date; readonly signal: AbortSignal };

function mail(
  { envelope, subject, timeout, name, version }: Settings,
  send: (message: Message) => Promise<Receipt>,
): Action {
  return {
    timeout,
    async run(event, signal) {
      signal.throwIfAborted();
      const message = compose(event, version, subject?.(event));
      const receipt = await send({ ...message, ...envelope, date: new Date(event.time), signal }).catch(
        (error: unknown) => {
          throw judgeMailFailure(error, name, signal);
        },
      );
      const refused = receipt.rejected.map(String).join(', ');
      const said = `${name} took it for ${receipt.accepted.map(String).join(', ')}: ${clip(escapeControls(receipt.response), 200)}`;
      return refused === '' ? said : `${said}; it refused ${refused}`;
    },
  };
}

function readSettings(options: Options, context: ActionContext) {
  const { user, password } = options;
  const timeout = readDuration(['timeout'], options.timeout ?? '30s');
  const server = readServer(options.server ?? 'smtp://localhost:25', user !== undefined);
  if ((user === undefined) !== (password === undefined)) {
    throw new OptionError([user === undefined ? 'user' : 'password'], 'a login needs both user and password');
  }
  const wait = Math.min(timeout, 10_000);
  return {
    timeout,
    name: `${server.host}:${server.port}`,
    version: context.version,
    subject: readSubject(options.subject),
    envelope: {
      from: checkAddress('from', options.from ?? `psstop@${context.host}`),
      to: required(['to'], options.to && readAddresses('to', options.to), 'to: [ops@example.org]'),
      cc: readAddresses('cc', options.cc),
    },
    transport: {
      host: server.host,
      port: server.port,
      secure: server.secure,
      requireTLS: !server.secure && (options.tls?.require ?? (user !== undefined && !server.loopback)),
      ...(user !== undefined && password !== undefined && { auth: { user, pass: password } }),
      // A mail server on this host has a certificate of its own making as a rule, and no secret is sent to it.
      tls: { rejectUnauthorized: !server.loopback || user !== undefined, ...readTls(options.tls ?? {}, context.live) },
      connectionTimeout: wait,
      greetingTimeout: wait,
      dnsTimeout: wait,
      socketTimeout: timeout,
    },
  };
}

function readSubject(text: string | undefined): MessageTemplate | undefined {
  return text === undefined ? undefined : readTemplate(['subject'], text);
}

function readAddresses(option: 'to' | 'cc', given: string | readonly string[] | undefined): string[] {
  return listOf(given).map((address) => checkAddress(option, address));
}

const ADDRESS = /^(?:[^\p{Cc}<>,;]*<[^\s<>,;@]+@[^\s<>,;@]+>|[^\s<>,;@]+@[^\s<>,;@]+)$/u;

/** `ops@example.org` or `Operators <ops@example.org>`: one address, on one line. */
function checkAddress(option: string, address: string): string {
  if (ADDRESS.test(address)) return address;
  throw new OptionError([option], `"${escapeControls(address)}" is not one address: write ops@example.org`);
}
