import { BlockList, isIP } from 'node:net';
import { OptionError } from '../../core/errors.ts';

/** A mail server's address. */
export interface Server {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (smtps); else STARTTLS where the server offers it. */
  readonly secure: boolean;
  /** On this host: what is sent there crosses no wire. */
  readonly loopback: boolean;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

/** Reads `smtp://host:port` or `smtps://host:port`. The port is 465 for smtps, else 587 with a login and 25 without. @throws OptionError */
export function readServer(text: string, login: boolean): Server {
  const url = readUrl(text);
  const secure = url.protocol === 'smtps:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const usual = secure ? 465 : login ? 587 : 25;
  return { host, port: Number(url.port) || usual, secure, loopback: isLoopback(host) };
}

function readUrl(text: string): URL {
  const wrong = (message: string): OptionError =>
    new OptionError(['server'], `${message}: write smtp://host:port or smtps://host:port`);
  if (!URL.canParse(text)) throw wrong('this is not the address of a mail server');
  const url = new URL(text);
  if (url.protocol !== 'smtp:' && url.protocol !== 'smtps:') throw wrong(`${url.protocol} is not spoken here`);
  if (url.username !== '' || url.password !== '') throw wrong('user and password are options of their own');
  if (url.hostname === '' || !['', '/'].includes(url.pathname + url.search))
    throw wrong('it is a host and a port alone');
  return url;
}

function isLoopback(host: string): boolean {
  const version = isIP(host);
  return version === 0 ? /^localhost\.?$/i.test(host) : LOOPBACK.check(host, version === 6 ? 'ipv6' : 'ipv4');
}
