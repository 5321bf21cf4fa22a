import { guardedLookup } from './address.ts';
import { readHeaders } from './headers.ts';
import { type Post, prepare } from './post.ts';
import { readTls, type TlsOptions } from './tls.ts';

/** The options that all share who post to an address of the user's. */
export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly plain?: boolean;
  readonly tls?: TlsOptions;
}

/** All of a post but its body and what depends on that. */
export type JsonRequest = Pick<Post, 'url' | 'headers' | 'options'>;

/** Who posts: nothing is opened or read unless `live`. */
interface Poster {
  readonly live: boolean;
  readonly version: string;
}

/** Makes ready what every post of JSON has in common: the headers, TLS, and that `http:` does not leave the own network unless `plain` allows it. @throws OptionError */
export function jsonRequest(url: URL, { headers, plain, tls }: RequestOptions, context: Poster): JsonRequest {
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
