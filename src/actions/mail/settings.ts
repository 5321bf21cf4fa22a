import { OptionError } from '../../core/errors.ts';
import { escapeControls } from '../../core/escape.ts';
import type { ActionContext, MessageTemplate } from '../../core/types.ts';
import { readTls, type TlsOptions } from '../../http/tls.ts';
import { listOf, readDuration, readTemplate, required } from '../options/read.ts';
import { readServer, type Server } from './server.ts';

/** The options of `email` as a user writes them. */
export interface MailOptions {
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

/** Who a mail is from and for. */
export interface Envelope {
  readonly from: string;
  readonly to: string[];
  readonly cc: string[];
}

/** The options, read. Times are ms. */
export interface MailSettings {
  /** The server as it is shown. */
  readonly name: string;
  readonly timeout: number;
  readonly envelope: Envelope;
  readonly subject: MessageTemplate | undefined;
  /** As nodemailer takes it. */
  readonly transport: Transport;
}

interface Transport {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly requireTLS: boolean;
  readonly auth?: { readonly user: string; readonly pass: string };
  readonly tls: { readonly ca?: string; readonly rejectUnauthorized?: boolean };
  readonly connectionTimeout: number;
  readonly greetingTimeout: number;
  readonly dnsTimeout: number;
  readonly socketTimeout: number;
}

/** Nodemailer waits two minutes for a connection, and half a minute for a greeting: too long for an alert. ms. */
const LONGEST_STEP = 10_000;

/** Reads the options. Files are read only when live. @throws OptionError */
export function readSettings(options: MailOptions, context: ActionContext): MailSettings {
  const login = readLogin(options);
  const server = readServer(options.server ?? 'smtp://localhost:25', login !== undefined);
  const timeout = readDuration(['timeout'], options.timeout ?? '30s');
  const step = Math.min(timeout, LONGEST_STEP);
  return {
    name: `${server.host}:${server.port}`,
    timeout,
    envelope: readEnvelope(options, context.host),
    subject: options.subject === undefined ? undefined : readTemplate(['subject'], options.subject),
    transport: {
      ...readEncryption(options, server, context.live),
      host: server.host,
      port: server.port,
      secure: server.secure,
      ...(login && { auth: login }),
      connectionTimeout: step,
      greetingTimeout: step,
      dnsTimeout: step,
      socketTimeout: timeout,
    },
  };
}

function readLogin({ user, password }: MailOptions): Transport['auth'] {
  if (user !== undefined && password !== undefined) return { user, pass: password };
  if (user === undefined && password === undefined) return undefined;
  throw new OptionError([user === undefined ? 'user' : 'password'], 'a login needs both user and password');
}

/**
 * A login goes to other hosts encrypted or not at all. A server on this host has a certificate of its own making as a rule,
 * which is taken as long as no secret is sent there.
 */
function readEncryption(
  { user, tls = {} }: MailOptions,
  { secure, loopback }: Server,
  live: boolean,
): Pick<Transport, 'requireTLS' | 'tls'> {
  const login = user !== undefined;
  return {
    requireTLS: !secure && (tls.require ?? (login && !loopback)),
    tls: { rejectUnauthorized: login || !loopback, ...readTls(tls, live) },
  };
}

function readEnvelope(options: MailOptions, host: string): Envelope {
  return {
    from: checkAddress('from', options.from ?? `psstop@${host}`),
    to: readAddresses('to', required(['to'], options.to, 'to: [ops@example.org]')),
    cc: readAddresses('cc', options.cc),
  };
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
