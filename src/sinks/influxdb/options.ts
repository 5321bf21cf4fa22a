import { OptionError, readOption } from '../../core/errors.ts';
import type { JsonSchema, SinkContext } from '../../core/types.ts';
import { parseDuration, parseSize } from '../../core/units.ts';
import { readAddress } from '../../http/address.ts';
import { HEADERS } from '../../http/headers.ts';
import { type JsonRequest, jsonRequest, type RequestOptions } from '../../http/request.ts';
import { TLS_PROPERTIES } from '../../http/tls.ts';
import type { ExtraTag } from './points.ts';

/** The options as written. */
export interface InfluxOptions extends RequestOptions {
  readonly url: string;
  readonly database?: string;
  readonly retention?: string;
  readonly user?: string;
  readonly password?: string;
  readonly bucket?: string;
  readonly org?: string;
  readonly token?: string;
  readonly every?: string;
  readonly processes?: boolean;
  readonly tags?: readonly ExtraTag[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly series?: number;
  readonly batch?: { readonly lines?: number; readonly wait?: string };
  readonly buffer?: string;
  readonly timeout?: string;
}

const text = (description: string): JsonSchema => ({ type: 'string', minLength: 1, description });

/** Schema of the options. */
export const INFLUX_SCHEMA: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['url'],
  properties: {
    url: text('Where InfluxDB is: http://localhost:8086.'),
    database: text('InfluxDB 1: the database, by the API /write.'),
    retention: text("InfluxDB 1: the retention policy. Default: the database's own."),
    user: text('InfluxDB 1: who writes.'),
    password: { $ref: '#/$defs/secret', description: "InfluxDB 1: the user's password." },
    bucket: text(
      'InfluxDB 2: the bucket, by the API /api/v2/write. InfluxDB 3 takes the same; there it is the database.',
    ),
    org: text('InfluxDB 2: the organisation.'),
    token: { $ref: '#/$defs/secret', description: 'InfluxDB 2 and 3: a token that may write to the bucket.' },
    every: { $ref: '#/$defs/duration', default: '10s', description: 'How often figures are written.' },
    processes: {
      type: 'boolean',
      default: false,
      description:
        'A point for each process as well (psstop_process), not only for each name in its unit or container.',
    },
    tags: {
      type: 'array',
      uniqueItems: true,
      items: { enum: ['pid', 'user'] },
      description: 'What psstop_process has as tags besides name, unit and container: each value is a series for good.',
    },
    labels: {
      type: 'object',
      propertyNames: { pattern: '^[A-Za-z][A-Za-z0-9_]{0,49}$' },
      additionalProperties: { type: 'string', minLength: 1 },
      description: 'Tags that every point carries: { site: eu-1 }.',
    },
    series: {
      ...{ type: 'integer', minimum: 1, maximum: 100_000, default: 1_000 },
      description:
        'Names in units and containers at once, at most; what is beyond them is counted as (other), and told.',
    },
    batch: {
      type: 'object',
      additionalProperties: false,
      properties: {
        lines: { type: 'integer', minimum: 1, maximum: 50_000, description: 'Points in one request. Default: 5000.' },
        wait: { $ref: '#/$defs/duration', description: 'How long the first waits for others. Default: 10s.' },
      },
    },
    buffer: {
      $ref: '#/$defs/size',
      default: '64MiB',
      description:
        'What may wait, packed, in the state folder while the database is away; the oldest goes first. Without a state folder at most 4 MiB wait, in memory.',
    },
    headers: HEADERS,
    plain: { type: 'boolean', default: false, description: 'Allow http:// to a public address.' },
    timeout: { $ref: '#/$defs/duration', default: '10s', description: 'How long one request may take.' },
    tls: { type: 'object', additionalProperties: false, properties: TLS_PROPERTIES },
  },
};

/** The options as they are worked with. */
export interface InfluxSettings {
  readonly request: JsonRequest;
  /** Tells this database from others, without a secret in it. */
  readonly identity: string;
  /** ms. */
  readonly every: number;
  readonly wait: number;
  readonly timeout: number;
  readonly lines: number;
  /** Bytes. */
  readonly buffer: number;
}

/** Names of psstop's own tags and fields of points: a database takes a column for one of both only. */
const OWN = new Set(['host', 'name', 'unit', 'container', 'pid', 'user', 'rule', 'severity', 'kind', 'mode', 'action']);

/** Reads the options. @throws OptionError that leads to the wrong one. */
export function readInflux(options: InfluxOptions, context: SinkContext): InfluxSettings {
  const { database, bucket, labels = {} } = options;
  if ((database === undefined) === (bucket === undefined)) {
    const example = 'write database: psstop for InfluxDB 1, or bucket: psstop and a token for InfluxDB 2 and 3';
    throw new OptionError(
      [],
      database === undefined ? `where to? ${example}` : `both a database and a bucket: ${example}`,
    );
  }
  const taken = Object.keys(labels).find((name) => OWN.has(name));
  if (taken !== undefined)
    throw new OptionError(['labels', taken], `psstop has a tag or a field of that name: write my_${taken}`);
  const url = addressOf(options);
  const every = positive(['every'], options.every ?? '10s');
  return {
    request: withCredentials(jsonRequest(url, options, context), options),
    identity: `${url.origin}${url.pathname}${url.search}`,
    every,
    wait: positive(['batch', 'wait'], options.batch?.wait ?? '10s'),
    timeout: positive(['timeout'], options.timeout ?? '10s'),
    lines: options.batch?.lines ?? 5_000,
    buffer: readOption(['buffer'], () => parseSize(options.buffer ?? '64MiB')),
  };
}

function addressOf({ url, plain, database, retention, bucket = '', org }: InfluxOptions): URL {
  const address = readAddress(url, plain ?? false);
  const base = address.pathname.replace(/\/$/, '');
  address.pathname = `${base}${database === undefined ? '/api/v2/write' : '/write'}`;
  const asked = database === undefined ? { org, bucket } : { db: database, rp: retention };
  for (const [name, value] of Object.entries(asked)) if (value !== undefined) address.searchParams.set(name, value);
  address.searchParams.set('precision', 'ns');
  return address;
}

/** In a header: what stands in an address gets into logs. While rules are only checked, secrets still stand as `{ file: … }`. */
function withCredentials(request: JsonRequest, { user, password, token }: InfluxOptions): JsonRequest {
  const basic = `Basic ${Buffer.from(`${user ?? ''}:${password ?? ''}`).toString('base64')}`;
  const authorization = token !== undefined ? `Token ${token}` : user !== undefined ? basic : undefined;
  if (typeof token === 'string' && !/^[\x21-\x7e]+$/.test(token)) {
    throw new OptionError(['token'], 'it holds a character that no token has: a line break, or a blank');
  }
  return {
    ...request,
    headers: {
      ...request.headers,
      ...(authorization !== undefined && { authorization }),
      ...{ 'content-type': 'text/plain; charset=utf-8', 'content-encoding': 'gzip' },
    },
  };
}

function positive(path: readonly string[], text: string): number {
  const time = readOption(path, () => parseDuration(text));
  if (time <= 0) throw new OptionError(path, 'must be above 0: write 10s, or leave it out');
  return time;
}
