import { describe, expect, test } from 'vitest';
import { compileRules } from '../../src/config/compile.ts';
import type { Recipient } from '../../src/core/types.ts';
import { checkFiles, problemsIn } from './folder.ts';

const actionContext = { host: 'h', version: '1', proc: '/proc', console: false, live: false };

/** Rules with one rule and these actions. */
const rules = (then: string, ...actions: string[]): string =>
  `rules:\n  - { name: r, when: { above: { pss: 1MiB } }, then: ${then} }\nactions:\n${actions.map((line) => `  ${line}\n`).join('')}`;

const CHAT = 'chat: { webhook: { url: "http://127.0.0.1:1/", fallback: mail } }';
const MAIL = 'mail: { email: { to: [a@b.c], fallback: file } }';
const FILE = 'file: { log: { file: /tmp/x.log } }';

describe('a fallback', () => {
  test('is one of the named actions, down the whole line, in a rule as well', async () => {
    const { data, problems } = await checkFiles({
      'r.yaml': rules('[chat, { file: { fallback: mail } }, log]', CHAT, MAIL.replace(', fallback: file', ''), FILE),
    });
    expect(problems).toEqual([]);
    if (!data) return;
    const [rule] = await compileRules(data, { actionContext, env: {} });
    const line = (at: Recipient | undefined): string[] => (at === undefined ? [] : [at.name, ...line(at.fallback)]);
    expect(rule?.steps.map(line)).toEqual([['chat', 'mail'], ['file', 'mail'], ['log']]);
    // One receiver is one action, whichever way a message takes.
    expect(rule?.steps[0]?.fallback?.action).toBe(rule?.steps[1]?.fallback?.action);
  });

  test('that is not defined is refused, with the nearest name', async () => {
    expect(await problemsIn(rules('[chat]', CHAT, FILE.replace('file', 'mial')))).toEqual([
      'r.yaml:4:60: actions.chat.webhook.fallback: there is no action "mail" under actions: did you mean "mial"?',
    ]);
    expect(await problemsIn(rules('[{ log: { fallback: mail } }]', FILE))).toEqual([
      expect.stringMatching(
        /^r\.yaml:2:\d+: rules\[0\]\.then\[0\]\.log\.fallback: there is no action "mail" under act/,
      ),
    ]);
  });

  test('that leads back to where it began is refused', async () => {
    const back = FILE.replace('/tmp/x.log', '/tmp/x.log, fallback: chat');
    expect(await problemsIn(rules('[chat]', CHAT, MAIL, back))).toEqual([
      expect.stringContaining('actions.chat.webhook.fallback: this leads in a circle: chat -> mail -> file -> chat'),
      expect.stringContaining('actions.mail.email.fallback: this leads in a circle: mail -> file -> chat -> mail'),
      expect.stringContaining('actions.file.log.fallback: this leads in a circle: file -> chat -> mail -> file'),
    ]);
    expect(await problemsIn(rules('[chat]', CHAT.replace('fallback: mail', 'fallback: chat')))).toEqual([
      expect.stringContaining('this leads in a circle: chat -> chat'),
    ]);
  });

  test('that acts on processes is refused', async () => {
    expect(await problemsIn(rules('[{ log: { fallback: again } }]', 'again: { restart: { unit: auto } }'))).toEqual([
      expect.stringMatching(
        /then\[0\]\.log\.fallback: again acts on processes: a fallback is an action that tells som/,
      ),
    ]);
  });
});
