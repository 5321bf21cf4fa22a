import type { Action, ActionContext, ActionPlugin, AlertEvent } from '../core/types.ts';
import { readAddress } from '../http/address.ts';
import { HEADERS } from '../http/headers.ts';
import { judgeAnswer, judgeFailure } from '../http/judge.ts';
import { post } from '../http/post.ts';
import { type JsonRequest, jsonRequest, type RequestOptions } from '../http/request.ts';
import { TLS_PROPERTIES } from '../http/tls.ts';
import { alertmanagerBody } from './body/alertmanager.ts';
import { slackBody } from './body/slack.ts';
import { readSecret, signatureHeaders } from './http/signature.ts';
import { readDuration, required } from './options/read.ts';

interface Options extends RequestOptions {
  readonly url?: string;
  readonly format?: keyof typeof BODIES;
  readonly secret?: string;
  readonly 'previous-secrets'?: readonly string[];
  readonly timeout?: string;
}

/** `psstop` is the event as it is, described by schemas/event.schema.json. */
const BODIES = {
  psstop: (event: AlertEvent): string => JSON.stringify(event),
  alertmanager: alertmanagerBody,
  slack: slackBody,
} as const;

const plugin: ActionPlugin = {
  summary: 'posts JSON to an address: the event itself, or as Alertmanager or Slack would have it',
  example: {
    url: 'https://hooks.example.org/psstop',
    secret: { file: '/etc/psstop/webhook-secret' },
    timeout: '10s',
  },
  on: ['fired', 'reminded', 'resolved'],
  schema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      url: {
        $ref: '#/$defs/secret',
        description: 'Where to post. Only its host is ever shown; redirects are not followed.',
      },
      format: {
        enum: Object.keys(BODIES),
        default: 'psstop',
        description:
          "psstop: the event. alertmanager: Alertmanager's webhook body, version 4. slack: also Mattermost, Rocket.Chat.",
      },
      headers: HEADERS,
      secret: { $ref: '#/$defs/secret', description: 'Signs each request after Standard Webhooks: whsec_ and base64.' },
      'previous-secrets': {
        type: 'array',
        items: { $ref: '#/$defs/secret' },
        maxItems: 4,
        description: 'Secrets that still sign as well while receivers change over to the new one.',
      },
      plain: {
        type: 'boolean',
        default: false,
        description: 'Allow http:// to a public address: anybody on the way can read it.',
      },
      timeout: { $ref: '#/$defs/duration', default: '15s', description: 'How long one attempt may take.' },
      tls: { type: 'object', additionalProperties: false, properties: TLS_PROPERTIES },
    },
  },
  create(options: Options, context: ActionContext) {
    const timeout = readDuration(['timeout'], options.timeout ?? '15s');
    const url = required(['url'], options.url, 'url: https://host/path');
    // While rules are only checked, secrets still stand as { file: … }.
    if (typeof url !== 'string') return unfilled(timeout);
    const address = readAddress(url, options.plain ?? false);
    const secrets = readSecrets(options);
    const request = jsonRequest(address, options, context);
    return webhook({ request, secrets, timeout, write: BODIES[options.format ?? 'psstop'] });
  },
};

export default plugin;

interface Webhook {
  readonly request: JsonRequest;
  readonly secrets: readonly Buffer[];
  readonly timeout: number;
  readonly write: (event: AlertEvent) => string;
}

function webhook({ request, secrets, timeout, write }: Webhook): Action {
  const { origin } = request.url;
  return {
    timeout,
    gathers: true,
    async run(event, signal) {
      const body = write(event);
      const signed = signatureHeaders({ id: event.id, time: Date.now(), body }, secrets);
      const call = { ...request, body, signal, headers: { ...request.headers, ...signed } };
      const answer = await post(call).catch((error: unknown) => {
        throw judgeFailure(error, origin, signal);
      });
      return judgeAnswer(answer, origin);
    },
  };
}

function unfilled(timeout: number): Action {
  return { timeout, gathers: true, run: () => Promise.reject(new Error('the secrets of this webhook were not read')) };
}

function readSecrets(options: Options): Buffer[] {
  const { secret, 'previous-secrets': previous = [] } = options;
  const texts: [path: (string | number)[], text: unknown][] = previous.map((text, index) => [
    ['previous-secrets', index],
    text,
  ]);
  if (secret !== undefined) texts.unshift([['secret'], secret]);
  return texts.flatMap(([path, text]) => (typeof text === 'string' ? [readSecret(path, text)] : []));
}
