import { clip } from '../core/escape.ts';
import type { Action, ActionContext, ActionPlugin } from '../core/types.ts';
import { TLS_PROPERTIES } from '../http/tls.ts';
import { type Content, compose } from './mail/compose.ts';
import { judgeMailFailure } from './mail/judge.ts';
import { type Envelope, type MailOptions, type MailSettings, readSettings } from './mail/settings.ts';

const addresses = (description: string): object => ({
  description,
  type: ['string', 'array'],
  items: { type: 'string' },
  minItems: 1,
  examples: [['ops@example.org']],
});

const plugin: ActionPlugin = {
  summary: 'sends a mail through a mail server: the facts as text and as HTML, and a picture of the last hours',
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
  async create(options: MailOptions, context: ActionContext) {
    const settings = readSettings(options, context);
    if (!context.live) return mail(settings, context.version, notLive);
    const { createTransport } = await import('nodemailer');
    const transport = createTransport({ ...settings.transport, disableFileAccess: true, disableUrlAccess: true });
    return mail(settings, context.version, (message) => transport.sendMail(message));
  },
};

export default plugin;

type Message = Content & Envelope & { readonly date: Date; readonly signal: AbortSignal };

/** Hands a mail to a server. @returns what that said. */
type Send = (message: Message) => Promise<{
  readonly accepted: readonly unknown[];
  readonly rejected: readonly unknown[];
  readonly response: string;
}>;

function mail({ envelope, subject, timeout, name }: MailSettings, version: string, send: Send): Action {
  return {
    timeout,
    gathers: true,
    async run(event, signal) {
      signal.throwIfAborted();
      const content = compose(event, version, subject?.(event));
      const message = { ...content, ...envelope, date: new Date(event.time), signal };
      const { accepted, rejected, response } = await send(message).catch((error: unknown) => {
        throw judgeMailFailure(error, name, signal);
      });
      const said = `${name} took it for ${accepted.join(', ')}: ${clip(response, 200)}`;
      return rejected.length === 0 ? said : `${said}; it refused ${rejected.join(', ')}`;
    },
  };
}

function notLive(): Promise<never> {
  return Promise.reject(new Error('rules are only being checked: no mail is sent'));
}
