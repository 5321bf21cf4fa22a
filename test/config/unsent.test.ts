import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/config/check.ts';
import { compileRules } from '../../src/config/compile.ts';
import { formatProblem } from '../../src/core/errors.ts';
import type { ActionContext, Rule } from '../../src/core/types.ts';
import { actionContext } from '../actions/event.ts';
import { folderOf } from './folder.ts';

const CONFIG = `defaults: { email: { server: "\${MAIL_SERVER}", user: psstop, password: { file: /nowhere/secret } } }
actions:
  ops-mail: { email: { to: ["\${OPS}"], at-most: 3 per 1h } }
  chat: { webhook: { url: "\${CHAT_URL}", secret: "\${HUSH}", headers: { authorization: "Bearer \${TOKEN}" } } }
  drain: { command: { run: ["\${BIN}/drain", now], user: "\${WHO}", env: { KEY: "\${KEY}" } } }
  again: { restart: { unit: "\${UNIT}", before: [drain, { webhook: { url: "\${CHAT_URL}" } }] } }
  raise: { alertmanager: { url: "\${ALERTS}" } }
on: [{ then: [{ webhook: { url: "https://\${HOOKS}/x" } }] }]
sinks: [{ influxdb: { url: "\${INFLUX}", bucket: psstop, org: ops, token: { file: /nowhere/token } } }]
`;
const RULES = `rules:
  - name: r
    when: { above: { pss: 1MiB } }
    then: [ops-mail, chat, drain, again, raise]
    escalate: [{ after: 1h, then: [{ email: { to: "\${BOSS}" } }] }]
`;

/** What the loader says of the files, and the rules that are made of them for somebody who sends nothing. */
async function load(config: string, rules: string, unsent: boolean): Promise<{ said: string[]; rules: Rule[] }> {
  const folder = folderOf({ 'psstop.yaml': config, 'r.yaml': rules });
  const files = { config: join(folder, 'psstop.yaml'), rules: [join(folder, 'r.yaml')] };
  const answer = await check({ ...files, env: {}, unsent });
  const problems = 'data' in answer ? answer.data.warnings : answer.problems;
  const said = problems.map((problem) => formatProblem(problem).replaceAll(`${folder}/`, ''));
  if (!('data' in answer)) return { said, rules: [] };
  const context = actionContext({ live: false }) as ActionContext;
  return { said, rules: await compileRules(answer.data, { actionContext: context, env: {} }) };
}

describe('for somebody who sends nothing', () => {
  it('actions and sinks are made without secrets, and without variables that are not set', async () => {
    expect((await load(CONFIG, RULES, false)).said.length).toBeGreaterThan(10);
    const { said, rules } = await load(CONFIG, RULES, true);
    const [rule] = rules;
    expect(rule?.steps.map(({ name }) => name)).toEqual(['ops-mail', 'chat', 'drain', 'again', 'raise', 'email']);
    expect(rule?.steps[0]?.atMost).toEqual({ times: 3, per: 3_600_000 });
    expect(rule?.steps.map(({ action }) => action.exclusive === true)).toEqual([
      false,
      false,
      false,
      true,
      false,
      false,
    ]);
    expect(rule?.steps.map(({ action }) => action.gathers === true).slice(0, 2)).toEqual([true, true]);
    expect(said).toContain('psstop.yaml:1:30: defaults.email.server: the environment variable MAIL_SERVER is not set');
    expect(said).toHaveLength(14);
    expect(said.filter((line) => !line.endsWith(' is not set'))).toEqual([]);
  });

  it('a rule lacks what it lacks, and what is wrong is wrong', async () => {
    const lacking = RULES.replace('pss: 1MiB', `pss: "\${LIMIT}"`);
    expect((await load(CONFIG, lacking, true)).said).toContain(
      'r.yaml:3:27: rules[0].when.above.pss: the environment variable LIMIT is not set',
    );
    const { said } = await load(CONFIG.replace('bucket:', 'buckte:'), RULES.replace('1h', '1 hour'), true);
    expect(said).toEqual([expect.stringContaining('buckte'), expect.stringContaining('1 hour')]);
    const malformed = await load(`actions: { chat: { webhook: { url: "\${CHAT URL}" } } }\n`, 'rules: []\n', true);
    expect(malformed.said).toEqual([expect.stringContaining('is not a variable')]);
  });
});
