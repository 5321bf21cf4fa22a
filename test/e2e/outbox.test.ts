import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AlertEvent } from '../../src/core/types.ts';
import { makePlace, type Place, type Running, start, until, watch } from './daemon.ts';

const LEAK = new URL('./programs/leak.mjs', import.meta.url).pathname;

let place: Place;
const running: Running[] = [];

beforeEach(() => {
  place = makePlace();
});
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
  place.remove();
});

/** A receiver that answers 500 until it is told otherwise. */
async function receiver() {
  const state = { down: true };
  const heard: { event: AlertEvent; taken: boolean }[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    heard.push({ event: JSON.parse(text) as AlertEvent, taken: !state.down });
    response.writeHead(state.down ? 500 : 204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const taken = (): AlertEvent[] => heard.filter((one) => one.taken).map(({ event }) => event);
  return { state, heard, taken, port: (server.address() as AddressInfo).port, server };
}

it('what the daemon could not send before it was killed, the next one sends, once, and its end after it', {
  timeout: 90_000,
}, async () => {
  const hook = await receiver();
  const name = `kept-${process.pid}`.slice(0, 15);
  place.write('psstop.yaml', 'interval: 500ms\nrules: rules.d\nreading: { per-process: 10% }\n');
  place.write(
    'rules.d/r.yaml',
    `rules:
  - { name: budget, select: ${name}, when: { above: { pss: 100MiB } }, then: [hook] }
actions:
  hook: { webhook: { url: "http://127.0.0.1:${hook.port}/" } }
`,
  );
  const leak = start(process.execPath, [LEAK, '20', '100', '160', name]);
  running.push(leak);
  const first = watch(place, '--state', place.path('state'));
  running.push(first);
  await until(() => hook.heard.length > 0, 40);
  first.child.kill('SIGKILL');
  await first.ended;
  hook.state.down = false;

  const second = watch(place, '--state', place.path('state'), '--json', '--heartbeat', '1s');
  running.push(second);
  await until(() => hook.taken().length > 0, 40);
  await leak.stop();
  await until(() => hook.taken().length > 1, 40);
  await second.says(/"deliveries":\{"waiting":0,"oldest":0,"done":2,"failed":0,"suppressed":\{\},"down":\[\]\}/);
  hook.server.close();
  expect(hook.taken().map(({ kind }) => kind)).toEqual(['fired', 'resolved']);
  // One alert, and one id of its beginning, over both lives.
  expect(new Set(hook.heard.map(({ event }) => event.alert)).size).toBe(1);
  expect(new Set(hook.heard.map(({ event }) => event.id)).size).toBe(2);
});
