import type { Action, ActionContext, ActionPlugin, AlertEvent } from '../core/types.ts';
import { readAddress } from '../http/address.ts';
import { HEADERS } from '../http/headers.ts';
import { judgeAnswer, judgeFailure } from '../http/judge.ts';
import { post } from '../http/post.ts';
import { type JsonRequest, jsonRequest, type RequestOptions } from '../http/request.ts';
import { TLS_PROPERTIES } from '../http/tls.ts';
import { isOver } from './body/facts.ts';
import { postableAlert } from './body/postable.ts';
import { readDuration, required } from './options/read.ts';

interface Options extends RequestOptions {
  readonly url?: string;
  readonly every?: string;
  readonly timeout?: string;
}

const plugin: ActionPlugin = {
  summary: "hands alerts to Prometheus' Alertmanager and keeps them alive there until they are resolved",
  example: { url: 'http://localhost:9093', every: '1m' },
  on: ['fired', 'reminded', 'resolved'],
  schema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      url: {
        $ref: '#/$defs/secret',
        description: 'Where Alertmanager is, with the path of --web.route-prefix where it has one.',
      },
      headers: HEADERS,
      every: {
        $ref: '#/$defs/duration',
        default: '1m',
        description:
          'How often a firing alert is told again. Alertmanager drops one of which it hears nothing five times.',
      },
      plain: {
        type: 'boolean',
        default: false,
        description: 'Allow http:// to a public address: anybody on the way can read it.',
      },
      timeout: { $ref: '#/$defs/duration', default: '10s', description: 'How long one attempt may take.' },
      tls: { type: 'object', additionalProperties: false, properties: TLS_PROPERTIES },
    },
  },
  create(options: Options, context: ActionContext) {
    const timeout = readDuration(['timeout'], options.timeout ?? '10s');
    const every = Math.max(readDuration(['every'], options.every ?? '1m'), SHORTEST);
    const url = required(['url'], options.url, 'url: http://localhost:9093');
    // While rules are only checked, secrets still stand as { file: … }.
    if (typeof url !== 'string') return { timeout, run: () => Promise.reject(new Error('its secrets were not read')) };
    const address = readAddress(url, options.plain ?? false);
    address.pathname = `${address.pathname.replace(/\/$/, '')}/api/v2/alerts`;
    return alertmanager(jsonRequest(address, options, context), { timeout, every });
  },
};

export default plugin;

/** More often than this helps nobody, ms. */
const SHORTEST = 1_000;
/** An alert lives on without us for so many of the pauses between two tellings. */
const LIVES_ON = 5;
/** So many alerts are told in one request. */
const AT_ONCE = 500;

/** Alertmanager's API v2 (github.com/prometheus/alertmanager, api/v2/openapi.yaml): an alert is over when its endsAt has passed. */
function alertmanager(request: JsonRequest, { timeout, every }: { timeout: number; every: number }): Action {
  const firing = new Map<string, AlertEvent>();
  let timer: NodeJS.Timeout | undefined;
  const send = async (events: readonly AlertEvent[], signal: AbortSignal): Promise<string> => {
    const until = Date.now() + LIVES_ON * every;
    const body = JSON.stringify(events.map((event) => postableAlert(event, until)));
    const answer = await post({ ...request, body, signal }).catch((error: unknown) => {
      throw judgeFailure(error, request.url.origin, signal);
    });
    return judgeAnswer(answer, request.url.origin);
  };
  const keepAlive = async (): Promise<void> => {
    const all = [...firing.values()];
    for (let from = 0; from < all.length; from += AT_ONCE) {
      // What fails is told again soon, and the next event says that it fails.
      await send(all.slice(from, from + AT_ONCE), AbortSignal.timeout(timeout)).catch(() => undefined);
    }
  };
  const note = (event: AlertEvent): void => {
    if (isOver(event)) firing.delete(event.alert);
    else if (event.kind !== 'pending') firing.set(event.alert, event);
    if (firing.size > 0) timer ??= setInterval(() => void keepAlive(), every).unref();
    else clearTimer();
  };
  const clearTimer = (): void => {
    clearInterval(timer);
    timer = undefined;
  };
  return {
    timeout,
    async run(event, signal) {
      const events = event.bundle?.alerts ?? [event];
      for (const one of events) note(one);
      return await send(events, signal);
    },
    resume: (event) => (event.bundle?.alerts ?? [event]).forEach(note),
    close: clearTimer,
  };
}
