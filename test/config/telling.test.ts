import { describe, expect, test } from 'vitest';
import { compileRules } from '../../src/config/compile.ts';
import type { Rule } from '../../src/core/types.ts';
import { checkFiles } from './folder.ts';

const actionContext = { host: 'h', version: '1', proc: '/proc', console: false, live: true };
const WHEN = 'when: { above: { pss: 500MiB } }';

async function check(...rules: string[]) {
  return checkFiles({ 'r.yaml': `rules:\n${rules.map((text) => `  - { ${text}, ${WHEN} }\n`).join('')}` }, {});
}

async function compile(...rules: string[]): Promise<Rule[]> {
  const { data, problems } = await check(...rules);
  expect(problems).toEqual([]);
  if (data === undefined) throw new Error('no data');
  return compileRules(data, { actionContext, env: {} });
}

describe('a rule', () => {
  test('says when it is told, with whom, and who hears of it if nobody answers', async () => {
    const [rule] = await compile(
      'name: r, during: { days: mon-fri, from: "08:00", to: "18:00", zone: Europe/Berlin }, except: [{ days: [sat, sun] }], ' +
        'inhibited-by: other, group: { by: [team, host], wait: 10s }, storm: 5, then: [log], ' +
        'escalate: [{ after: 15m, then: [{ log: { to: stderr } }] }]',
      'name: other',
    );
    expect(rule).toMatchObject({
      during: [{ days: [1, 2, 3, 4, 5], from: 480, to: 1080, zone: 'Europe/Berlin' }],
      except: [{ days: [6, 0], from: 0, to: 1440 }],
      inhibitedBy: ['other'],
      group: { by: ['team', 'host'], wait: 10_000, interval: 300_000 },
      storm: 5,
    });
    expect(rule?.steps).toMatchObject([
      { name: 'log', after: 0 },
      { name: 'log#2', after: 900_000, escalation: true },
    ]);
    expect(rule?.except?.[0]?.zone).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone);
  });

  test('says nothing of it by default', async () => {
    const [rule] = await compile('name: r');
    expect(Object.keys(rule ?? {})).not.toEqual(expect.arrayContaining(['during']));
    expect(rule?.group).toBeUndefined();
  });
});

describe('what is wrong is told with what to write', () => {
  test.each([
    ['during: { days: weekdays }', 'r.yaml:2:32', '"weekdays" names no days: write mon-fri or sat'],
    ['during: { from: "8:00" }', 'r.yaml:2:32', '"8:00" is no time of the day: write 08:30, from 00:00 to 24:00'],
    ['during: { from: "08:00", to: "08:00" }', 'r.yaml:2:45', 'it ends where it begins'],
    [
      'except: [{ zone: Europe/Berln }]',
      'r.yaml:2:33',
      'there is no time zone "Europe/Berln": did you mean "Europe/Berlin"?',
    ],
    ['inhibited-by: othr', 'r.yaml:2:30', 'there is no rule "othr": did you mean "other"?'],
    ['inhibited-by: [other, r]', 'r.yaml:2:38', 'rules that inhibit each other are never told: r by r'],
    ['group: { wait: 30 }', 'r.yaml:2:31', 'a unit is missing, write "30s"'],
    ['escalate: [{ after: 1h, then: [lgo] }]', 'r.yaml:2:47', 'there is no action "lgo": did you mean "log"?'],
    ['escalate: [{ after: 1h, then: [{ log: { after: 2h } }] }]', 'r.yaml:2:47', 'leave after out here'],
    ['storm: 0', 'r.yaml:2:23', '0 is too small: write 1 or more'],
  ])('%s', async (keys, place, message) => {
    const { problems } = await check(`name: r, ${keys}`, 'name: other');
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`${place}: `);
    expect(problems[0]).toContain(message);
  });

  test.each([
    [
      '{ days: sat, zone: Europe/Berln }',
      '1:37',
      'there is no time zone "Europe/Berln": did you mean "Europe/Berlin"?',
    ],
    ['[{ from: "08:00", to: "08:00" }]', '1:40', 'it ends where it begins'],
    ['{ from: "8:00" }', '1:26', '"8:00" is no time of the day'],
  ])('also in limits.quiet: %s', async (quiet, place, message) => {
    const { problems } = await checkFiles(
      { 'psstop.yaml': `limits: { quiet: ${quiet} }\n` },
      { config: 'psstop.yaml' },
    );
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`psstop.yaml:${place}: `);
    expect(problems[0]).toContain(message);
  });

  test('also where rules inhibit each other in a circle', async () => {
    const { problems } = await check(
      'name: a, inhibited-by: b',
      'name: b, inhibited-by: [c]',
      'name: c, inhibited-by: a',
    );
    expect(problems.map((text) => text.replace(/^.*?: .*?: /, ''))).toEqual([
      'rules that inhibit each other are never told: a by b by c by a',
      'rules that inhibit each other are never told: b by c by a by b',
      'rules that inhibit each other are never told: c by a by b by c',
    ]);
  });
});
