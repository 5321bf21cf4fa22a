import { createHash, createHmac } from 'node:crypto';
import { OptionError } from '../../core/errors.ts';

const PREFIX = 'whsec_';
const HINT = 'write whsec_ and 24 to 64 random bytes in base64: echo whsec_$(head -c 32 /dev/urandom | base64 -w 0)';

/** Reads a secret of Standard Webhooks: `whsec_` and 24 to 64 bytes in base64. @throws OptionError that does not hold it. */
export function readSecret(path: readonly (string | number)[], text: string): Buffer {
  const encoded = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : undefined;
  const key = Buffer.from(encoded ?? '', 'base64');
  const clean = encoded !== undefined && /^[A-Za-z0-9+/]+={0,2}$/.test(encoded);
  if (!clean || key.length < 24 || key.length > 64) {
    throw new OptionError(path, `this is no signing secret: ${HINT}`);
  }
  return key;
}

/** What is signed: an event's id, the moment of the attempt (Unix ms) and the body. */
export interface Signed {
  readonly id: string;
  readonly time: number;
  readonly body: string;
}

/**
 * The headers of Standard Webhooks (github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md). The id stays
 * the same over retries, so that a receiver can drop what it has; several secrets sign side by side while one is replaced.
 */
export function signatureHeaders(message: Signed, secrets: readonly Buffer[]): Record<string, string> {
  const id = idempotencyKey(message.id);
  const timestamp = String(Math.floor(message.time / 1000));
  const content = `${id}.${timestamp}.${message.body}`;
  const signatures = secrets.map((key) => `v1,${createHmac('sha256', key).update(content).digest('base64')}`);
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    ...(signatures.length > 0 && { 'webhook-signature': signatures.join(' ') }),
  };
}

/** An id that fits a header and holds no full stop, which separates the parts of what is signed. */
function idempotencyKey(id: string): string {
  return /^[\w-]{1,100}$/.test(id) ? id : createHash('sha256').update(id).digest('hex');
}
