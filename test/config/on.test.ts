import { describe, expect, it } from 'vitest';
import { compileListeners } from '../../src/config/compile.ts';
import { concerns, type Listener } from '../../src/core/listener.ts';
import type { Notice } from '../../src/core/types.ts';
import { checkFiles } from './folder.ts';

const actionContext = { host: 'h', version: '1', proc: '/proc', console: false, live: false };

async function listeners(text: string): Promise<Listener[]> {
  const { data, problems } = await checkFiles({ 'psstop.yaml': text });
  expect(problems).toEqual([]);
  if (data === undefined) throw new Error('no data');
  return compileListeners(data, { actionContext, env: {} });
}

async function problemsOf(text: string): Promise<string[]> {
  const { folder, problems } = await checkFiles({ 'psstop.yaml': text });
  return problems.map((problem) => problem.replace(`${folder}/psstop.yaml`, 'psstop.yaml'));
}

const notice = (kind: Notice['kind'], severity: Notice['severity']): Notice => ({
  ...{ type: 'notice', kind, severity },
  ...{ time: 1, message: 'm' },
});

describe('on', () => {
  it('names who is told of which notices, by actions of psstop.yaml or actions written out', async () => {
    const [some, all] = await listeners(`actions:
  keep: { log: { file: /tmp/psstop-keep.log } }
on:
  - { notice: [rules-rejected, receiver], then: [keep, { log: { to: stderr } }] }
  - { severity: info, then: [keep] }
`);
    expect(some?.rule.steps.map(({ name, on }) => [name, on])).toEqual([
      ['keep', ['fired']],
      ['log', ['fired']],
    ]);
    const heard = (listener: Listener | undefined, ...of: Parameters<typeof notice>) =>
      listener && concerns(listener, notice(...of));
    expect(heard(some, 'receiver', 'critical')).toBe(true);
    expect(heard(some, 'receiver', 'info')).toBe(false);
    expect(heard(some, 'overrun', 'critical')).toBe(false);
    expect(heard(all, 'overrun', 'info')).toBe(true);
  });

  it.each([
    ['on: [{ then: [nobody] }]', /psstop\.yaml:1:\d+: .*there is no action "nobody"/],
    ['on: [{ notice: [rules-reject], then: [log] }]', /psstop\.yaml:1:\d+: .*rules-rejected/],
    [
      'on: [{ then: [{ signal: {} }] }]',
      /psstop\.yaml:1:\d+: .*signal acts on a target's processes, and a notice has none/,
    ],
    ['on: [{ then: [{ log: { after: 5m } }] }]', /psstop\.yaml:1:\d+: .*a notice does not last/],
    ['on: [{ notice: [receiver] }]', /psstop\.yaml:1:\d+: .*then/],
  ])('says what is wrong with %s', async (text, message) => {
    const problems = await problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(message);
  });
});
