import { OptionError } from '../core/errors.ts';
import type { JsonSchema } from '../core/types.ts';

/** Schema of headers to send along. */
export const HEADERS: JsonSchema = {
  type: 'object',
  additionalProperties: { $ref: '#/$defs/secret' },
  description: 'Headers to send along, such as authorization.',
};

/** Headers that belong to the connection or to the signature. */
const OURS = /^(host|connection|content-(length|type)|transfer-encoding|upgrade|expect|te|trailer|webhook-.*)$/i;

/** Reads headers: names after RFC 9110; values without control characters. What stands in a value is never told: it may be a secret. @throws OptionError */
export function readHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  for (const [name, value] of Object.entries(headers)) {
    const wrong = (message: string): OptionError => new OptionError(['headers', name], message);
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name))
      throw wrong('this is no name of a header: write letters, digits and dashes');
    if (OURS.test(name)) throw wrong('this header is set by psstop: leave it out');
    if (typeof value === 'string' && !/^[\t -~\x80-\xff]*$/.test(value)) {
      throw wrong('its value holds a line break or another character that no header may hold');
    }
  }
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
