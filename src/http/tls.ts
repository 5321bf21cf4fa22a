import { readFileSync } from 'node:fs';
import { messageOf, OptionError } from '../core/errors.ts';
import type { JsonSchema } from '../core/types.ts';

/** How a server's certificate is judged. */
export interface TlsOptions {
  readonly ca?: string;
  readonly 'reject-unauthorized'?: boolean;
}

/** Schema of TlsOptions' properties. */
export const TLS_PROPERTIES: JsonSchema = {
  ca: {
    type: 'string',
    pattern: '^/',
    description: 'Path of a PEM file with the authorities to trust, instead of those that Node knows.',
  },
  'reject-unauthorized': {
    type: 'boolean',
    default: true,
    description: 'false trusts any certificate: whoever is in between can read the alerts. Name a ca instead.',
  },
};

/** The settings as node:tls takes them. The file is read only when `live`. @throws OptionError */
export function readTls(tls: TlsOptions, live: boolean): { ca?: string; rejectUnauthorized?: boolean } {
  const trusting = tls['reject-unauthorized'];
  return {
    ...(tls.ca !== undefined && live && { ca: readAuthorities(tls.ca) }),
    ...(trusting !== undefined && { rejectUnauthorized: trusting }),
  };
}

function readAuthorities(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new OptionError(['tls', 'ca'], `can't read the authorities: ${messageOf(error)}`);
  }
}
