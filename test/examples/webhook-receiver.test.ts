import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import webhook from '../../src/actions/webhook.ts';
import type { Action, AlertEvent } from '../../src/core/types.ts';
import { until } from '../e2e/daemon.ts';
import { MiB, play } from '../rules/play.ts';
import { shippedRules } from '../rules/shipped.ts';

const RECEIVER = new URL('../../examples/webhook-receiver.mjs', import.meta.url).pathname;
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const OTHER = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;

const started: ReturnType<typeof spawn>[] = [];
afterEach(async () => {
  for (const child of started.splice(0)) {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
});

/** Starts the example. @returns its port, and what it has printed. */
async function receiver(): Promise<{ port: string; output: () => string }> {
  const child = spawn(process.execPath, [RECEIVER], { env: { WEBHOOK_SECRET: SECRET, PORT: '0' }, stdio: 'pipe' });
  started.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  await until(() => /listening on \d+/.test(output));
  return { port: /listening on (\d+)/.exec(output)?.[1] ?? '', output: () => output };
}

async function sender(port: string, secret: string): Promise<Action> {
  const context = { host: 'host', version: '0', proc: '/proc', console: false, live: true };
  return webhook.create({ url: `http://127.0.0.1:${port}/`, secret } as never, context);
}

async function anEvent(): Promise<AlertEvent> {
  const actors = [{ name: 'evil\u001b[2J\nname', cgroup: '/box', ceiling: 100 * MiB, size: () => ({ pss: 99 * MiB }) }];
  const events = play(await shippedRules('group-at-limit'), { actors, every: 5, seconds: 120 });
  const fired = events.find(({ kind }) => kind === 'fired');
  if (!fired) throw new Error('nothing fired');
  return fired;
}

it('prints an alert that is signed rightly, once, however often it comes', async () => {
  const { port, output } = await receiver();
  const action = await sender(port, SECRET);
  const event = await anEvent();
  await action.run(event, AbortSignal.timeout(5000));
  await action.run(event, AbortSignal.timeout(5000));
  await until(() => output().includes('fired critical group-at-limit "/box"'));
  expect(output().match(/fired/g)).toHaveLength(1);
});

it('refuses what another has signed', async () => {
  const { port, output } = await receiver();
  const action = await sender(port, OTHER);
  await expect(action.run(await anEvent(), AbortSignal.timeout(5000))).rejects.toThrow(/401/);
  expect(output()).not.toMatch(/fired/);
});
