import { lookup as resolve } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { OptionError } from '../core/errors.ts';

/** Loopback, private (RFC 1918, RFC 4193) and shared (RFC 6598) addresses: their traffic does not cross the internet. */
const PRIVATE = blocks([
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['::1', 128],
  ['fc00::', 7],
]);
/** Link-local: where clouds serve credentials to whoever asks, and where no receiver lives. */
const LINK_LOCAL = blocks([
  ['169.254.0.0', 16],
  ['fe80::', 10],
  ['fd00:ec2::254', 128],
]);
const PRIVATE_NAME = /^[^.]+$|(^|\.)(localhost|local|internal|lan|home\.arpa)$/i;

/** A name led to an address that must not be called. Trying again does not help. */
export class ForbiddenAddress extends Error {}

/** Reads the address of a receiver. Nothing of it but the host is ever printed: path and query may be secrets. @throws OptionError */
export function readAddress(text: string, plain: boolean): URL {
  const wrong = (message: string): OptionError => new OptionError(['url'], message);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw wrong('this is not an address: write https://host/path');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw wrong(`${url.protocol} is not spoken here: write https://host/path`);
  }
  if (url.username !== '' || url.password !== '') {
    throw wrong('a password does not belong into an address: write headers: { authorization: { file: … } }');
  }
  const host = hostOf(url);
  if (isIP(host) && matches(LINK_LOCAL, host)) throw wrong(`${host} is a link-local address: no receiver lives there`);
  if (url.protocol === 'http:' && !plain && !looksPrivate(host)) {
    throw wrong(`http goes over the internet for all to read: write https://${url.host}/…, or plain: true`);
  }
  return url;
}

/** The host without the brackets of IPv6. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

function looksPrivate(host: string): boolean {
  return isIP(host) ? matches(PRIVATE, host) : PRIVATE_NAME.test(host);
}

/**
 * Resolves names, and refuses what they may have been turned to: link-local addresses always, public ones where the
 * connection is not encrypted and was allowed because the name looked private.
 */
export function guardedLookup(privateOnly: boolean): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      const bad = addresses.find(({ address }) => forbidden(address, privateOnly));
      const [first] = addresses;
      if (bad) return callback(new ForbiddenAddress(`${hostname} leads to ${bad.address}: ${reason(bad.address)}`), []);
      if (options.all || first === undefined) return callback(null, addresses);
      callback(null, first.address, first.family);
    });
  };
}

function forbidden(address: string, privateOnly: boolean): boolean {
  return matches(LINK_LOCAL, address) || (privateOnly && !matches(PRIVATE, address));
}

function reason(address: string): string {
  return matches(LINK_LOCAL, address) ? 'no receiver lives there' : 'that is public, use https or plain: true';
}

function blocks(subnets: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of subnets) list.addSubnet(address, prefix, family(address));
  return list;
}

function matches(list: BlockList, address: string): boolean {
  return list.check(address, family(address));
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
