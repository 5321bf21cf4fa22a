import type { ActionContext } from '../../core/types.ts';
import { readTls, type TlsOptions } from '../options/tls.ts';
import { guardedLookup } from './address.ts';
import { readHeaders } from './headers.ts';
import { type Post, prepare } from './post.ts';

/** The options that all actions share which post JSON to an address of the user's. */
export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly plain?: boolean;
  readonly tls?: TlsOptions;
}

/** All of a post but its body and what depends on the event. */
export type JsonRequest = Pick<Post, 'url' | 'headers' | 'options'>;

/** Makes ready what every post has in common: the headers, TLS, and that `http:` does not leave the own network unless `plain` allows it. @throws OptionError */
export function jsonRequest(url: URL, { headers, plain, tls }: RequestOptions, context: ActionContext): JsonRequest {
  if (context.live) prepare(url);
  return {
    url,
    headers: {
      ...readHeaders(headers ?? {}),
      'content-type': 'application/json',
      'user-agent': `psstop/${context.version}`,
    },
    options: { lookup: guardedLookup(url.protocol === 'http:' && !plain), ...readTls(tls ?? {}, context.live) },
  };
}
