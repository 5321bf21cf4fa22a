import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileRules } from '../../src/config/compile.ts';
import { loadConfig } from '../../src/config/load.ts';
import { emptyDesk, hear } from '../../src/core/telling/desk.ts';
import { settle } from '../../src/core/telling/settle.ts';
import type { AlertEvent, Rule } from '../../src/core/types.ts';
import { HOUR, MINUTE, MiB, play, told } from '../rules/play.ts';
import { DEADLINE, LOADER } from '../rules/shipped.ts';

const EXAMPLES = new URL('../../examples/', import.meta.url).pathname;

describe('the examples of configuration and rules', () => {
  // As they would lie in /etc/psstop.
  const folder = mkdtempSync(join(tmpdir(), 'psstop-examples-'));
  let rules: Rule[];
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeAll(async () => {
    const password = join(folder, 'mail-password');
    writeFileSync(password, 'secret\n', { mode: 0o600 });
    const config = readFileSync(join(EXAMPLES, 'psstop.yaml'), 'utf8');
    writeFileSync(join(folder, 'psstop.yaml'), config.replaceAll('/etc/psstop', folder));
    cpSync(join(EXAMPLES, 'rules.d'), join(folder, 'rules.d'), { recursive: true });
    const env = { CHAT_URL: 'https://chat.example.org/hooks/1' };
    const data = await loadConfig({ config: join(folder, 'psstop.yaml'), env, script: LOADER, deadline: DEADLINE });
    const actionContext = { host: 'host', version: '0', proc: '/proc', console: true, live: false };
    rules = await compileRules(data, { actionContext, env });
  });

  it('are loaded whole', () => {
    expect(readdirSync(join(EXAMPLES, 'rules.d'))).toHaveLength(3);
    const steps = rules.map(({ name, steps }) => [name, steps.map((step) => step.name)]);
    expect(steps).toEqual([
      ['web-over-budget', ['log', 'ops-mail', 'chat']],
      ['worker-grows', ['log', 'chat']],
      ['worker-leaked', ['log', 'restart-unit', 'ops-mail']],
      ['host-short-of-memory', ['log']],
      ['service-over-budget', ['chat', 'ops-mail']],
    ]);
    expect(rules[2]?.steps[1]?.atMost).toEqual({ times: 3, per: HOUR * 1000 });
  });

  it('tell of a budget that is passed, once, and of the end', () => {
    const size = (second: number) => ({ pss: (second >= 300 && second < 900 ? 70 : 40) * MiB });
    const actors = Array.from({ length: 8 }, () => ({ name: 'nginx', size }));
    const events = play(rules, { actors, every: 5, seconds: 30 * MINUTE });
    expect(told(events)).toEqual(['420 s: fired web-over-budget nginx', '1200 s: resolved web-over-budget nginx']);
    expect(events.find(({ kind }) => kind === 'fired')?.message).toBe('nginx holds 560 MiB, its budget is 500 MiB');
  });

  it('tell of a worker that leaks, and restart it when it has become too big', () => {
    const leak = (second: number) => ({ pss: 200 * MiB + (60 * MiB * second) / HOUR });
    const events = play(rules, { actors: [{ name: 'worker-1', size: leak }], every: 30, seconds: 5 * HOUR });
    expect(told(events).map((line) => line.replace(/^\d+ s: /, ''))).toEqual([
      'fired worker-grows worker-1[100]',
      'fired worker-leaked worker-1[100]',
      // Nobody has restarted it.
      ...Array(4).fill('reminded worker-leaked worker-1[100]'),
    ]);
    const fired = events.find(({ kind, rule }) => kind === 'fired' && rule === 'worker-leaked');
    expect(fired?.target.processes[0]?.pss).toBeGreaterThanOrEqual(400 * MiB);
  });

  it('tell the shop of its services together, in working hours, and louder when nobody answers', () => {
    const size = () => ({ pss: 5 * 1024 * MiB });
    const actors = ['cart', 'till'].map((name) => ({ name, unit: `shop-${name}.service`, size }));
    const events = play(rules, { actors, every: 5, seconds: 10 * MINUTE });
    const messages = tellingOf(rules, events, Date.parse('2026-07-06T07:55:00+02:00'));
    // The doors open after five minutes; then the two wait half a minute for company.
    const two = '2 firing: shop-cart.service, shop-till.service';
    expect(messages).toEqual([`330 s: chat: ${two}`, `1230 s: ops-mail: ${two}`]);
  });
});

/** What half an hour of events gives their receivers to read: `30 s: chat: nginx holds …`. @param begin Unix ms of the first event. */
function tellingOf(rules: readonly Rule[], events: readonly AlertEvent[], begin: number): string[] {
  const desk = emptyDesk();
  const first = Math.min(...events.map(({ uptime }) => uptime));
  const messages: string[] = [];
  for (let ms = 0; ms <= 30 * MINUTE * 1000; ms += 5000) {
    for (const event of events.filter(({ uptime }) => uptime - first === ms)) {
      const rule = rules.find(({ name }) => name === event.rule);
      if (rule) hear(desk, event, rule);
    }
    for (const { event, steps } of settle(desk, { time: begin + ms, uptime: first + ms }).hand) {
      const takers = steps.filter(({ on }) => on.includes(event.kind)).map(({ name }) => name);
      messages.push(...takers.map((name) => `${ms / 1000} s: ${name}: ${event.message}`));
    }
  }
  return messages;
}
