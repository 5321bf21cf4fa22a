import { describe, expect, test } from 'vitest';
import { check } from '../../src/config/check.ts';
import { formatProblem } from '../../src/core/errors.ts';
import { checkFiles, folderOf, problemsIn } from './folder.ts';

/** One rule with some lines of its own. */
const rule = (...lines: string[]): string => `rules:\n  - name: r\n${lines.map((line) => `    ${line}\n`).join('')}`;
const WHEN = 'when: { above: { pss: 500MiB } }';

describe('mistakes in rules', () => {
  test.each([
    [
      'an unknown key of a rule',
      rule('sumary: x', WHEN),
      'r.yaml:3:5: rules[0].sumary: unknown key "sumary": did you mean "summary"?',
    ],
    [
      'a key that is like no other',
      rule('colour: x', WHEN),
      'r.yaml:3:5: rules[0].colour: unknown key "colour": the keys are name, ',
    ],
    [
      'an unknown condition',
      rule('when: { abov: { pss: 1MiB } }'),
      'r.yaml:3:13: rules[0].when.abov: unknown key "abov": did you mean "above"?',
    ],
    [
      'an unknown measure',
      rule('when: { above: { ps: 1MiB } }'),
      'r.yaml:3:22: rules[0].when.above.ps: unknown key "ps": did you mean "pss"?',
    ],
    [
      'two conditions at once',
      rule('when: { above: { pss: 2MiB }, below: { pss: 1MiB } }'),
      'put several conditions into a list under all or any',
    ],
    ['no condition at all', rule('when: {}'), 'r.yaml:3:11: rules[0].when: a key is missing here: one of above, '],
    ['a missing condition', rule('summary: x'), 'r.yaml:2:5: rules[0]: "when" is missing'],
    ['a missing name', `rules:\n  - ${WHEN}\n`, 'r.yaml:2:5: rules[0]: "name" is missing'],
    [
      'a size without a unit',
      rule('when: { above: { pss: 500 } }'),
      'r.yaml:3:27: rules[0].when.above.pss: size "500" has no unit: the units are B kB MB',
    ],
    [
      'a wrong unit',
      rule('when: { above: { pss: 500mb } }'),
      'r.yaml:3:27: rules[0].when.above.pss: unknown unit "mb" in "500mb": write "500MB"',
    ],
    [
      'a duration without a unit',
      rule('for: 90', WHEN),
      'r.yaml:3:10: rules[0].for: "90" is not a duration: a unit is missing, write "90s"',
    ],
    ['a wrong unit of time', rule('keep: 5min', WHEN), 'rules[0].keep: unknown unit "min" in "5min": write "5m"'],
    [
      'a share of nothing',
      rule('when: { above: { pss: 80% } }'),
      'rules[0].when.above.pss: "80%": of what? Write "80% of limit"',
    ],
    [
      'an unknown severity',
      rule('severity: critcal', WHEN),
      'r.yaml:3:15: rules[0].severity: "critcal" is not known: did you mean "critical"?',
    ],
    [
      'a text where true or false is expected',
      rule('enabled: "no"', WHEN),
      'rules[0].enabled: this must be true or false, not "no"',
    ],
    [
      'a name that is none',
      `rules:\n  - name: "a b"\n    ${WHEN}\n`,
      'r.yaml:2:11: rules[0].name: "a b" does not fit: write for instance web',
    ],
    [
      'a malformed regular expression',
      rule('select: { cmdline: [ok, "a(b"] }', WHEN),
      'r.yaml:3:29: rules[0].select.cmdline[1]: "a(b" is not a regular expression that RE2 knows: missing closing )',
    ],
    [
      'a regular expression that needs more than linear time',
      rule('select: { not: { cmdline: "(a)\\\\1" } }', WHEN),
      'rules[0].select.not.cmdline: "(a)\\1" is not a regular expression that RE2 knows',
    ],
    [
      'an age among the exclusions',
      rule('select: { not: { age: { above: 1h } } }', WHEN),
      'rules[0].select.not.age: unknown key "age"',
    ],
    [
      'an unknown field in a message',
      rule('message: "{{traget}}"', WHEN),
      'r.yaml:3:14: rules[0].message: unknown field {{traget}}: the fields are rule summary',
    ],
    [
      'an action that is defined nowhere',
      rule(WHEN, 'then: [lgo]'),
      'r.yaml:4:12: rules[0].then[0]: there is no action "lgo": did you mean "log"?',
    ],
    [
      'options of an action that is defined nowhere',
      rule(WHEN, 'then: [{ webhok: { url: x } }]'),
      'r.yaml:4:12: rules[0].then[0]: there is no action "webhok": did you mean "webhook"?',
    ],
    [
      'an action without what it needs',
      rule(WHEN, 'then: [webhook]'),
      'r.yaml:4:12: rules[0].then[0]: missing: write url: https://host/path, here or under defaults',
    ],
    [
      'a wrong option of an action',
      rule(WHEN, 'then: [{ log: { fromat: text } }]'),
      'r.yaml:4:21: rules[0].then[0].log.fromat: unknown key "fromat": did you mean "format"?',
    ],
    [
      'options that contradict each other',
      rule(WHEN, 'then: [{ log: { file: /tmp/x, to: stdout } }]'),
      'r.yaml:4:39: rules[0].then[0].log.to: a log goes to a file or to a stream',
    ],
    [
      'an unknown kind of event',
      rule(WHEN, 'then: [{ log: { on: [fire] } }]'),
      'rules[0].then[0].log.on[0]: "fire" is not known: did you mean "fired"?',
    ],
    [
      'a limit that is none',
      rule(WHEN, 'then: [{ log: { at-most: often } }]'),
      'then[0].log.at-most: "often" does not fit: write for instance 3 per 1h',
    ],
    [
      'a limit of nothing in no time',
      rule(WHEN, 'then: [{ log: { at-most: 3 per 0s } }]'),
      '"3 per 0s" is no limit: write 3 per 1h',
    ],
    [
      'a share without its sign',
      rule('when: { above: { pss: 80 of limit } }'),
      'rules[0].when.above.pss: "80 of limit" is not a share: write "80% of limit"',
    ],
    [
      'a condition as in a program',
      rule('when: pss > 500MiB'),
      'rules[0].when: this must be a mapping, not "pss > 500MiB": write for instance {"above":{"pss":"500MiB"}}',
    ],
    [
      'a measure in the place of a condition',
      rule('when: { all: [{ uss: 3MiB }] }'),
      'rules[0].when.all[0].uss: uss is a measure: write above: { uss: … } or below: { uss: … }',
    ],
    [
      'a missing space within braces',
      rule('when: { above: { pss:5MiB } }'),
      'rules[0].when.above["pss:5MiB"]: unknown key "pss:5MiB": write pss: 5MiB',
    ],
    ['one action without its brackets', rule(WHEN, 'then: log'), 'this must be a list, not "log": write ["log"]'],
    [
      'a command line in one text',
      rule(WHEN, 'then: [{ command: { run: systemctl restart x } }]'),
      'command.run: this must be a list, not "systemctl restart x": write ["systemctl", "restart", "x"]',
    ],
    [
      'options beside the name of their action',
      rule(WHEN, 'then:', '  - log:', '    format: text'),
      'at most 1 may be here, not "log", "format": begin each with a dash, and indent its options under its name',
    ],
    [
      'one step in the place of many',
      rule(WHEN, 'escalate: { after: 15m, then: [log] }'),
      'begin each entry with a dash',
    ],
    ['a number as a label', rule(WHEN, 'labels: { port: 8080 }'), 'not 8080: write "8080", in quotes'],
    ['yes for true', rule(WHEN, 'enabled: yes'), 'this must be true or false, not "yes": write true'],
    ['a merge key', rule(WHEN, '<<: { for: 5m }'), 'YAML 1.2 has no merge key <<: write the keys out'],
    ['a number that is too small', rule(WHEN, 'storm: 0'), 'rules[0].storm: 0 is too small: write 1 or more'],
    [
      'a path from nowhere',
      rule(WHEN, 'then: [{ log: { file: my.log } }]'),
      '"my.log" is no absolute path: write one that begins with /',
    ],
    [
      "a service without systemd's suffix",
      rule(WHEN, 'then: [{ restart: { unit: nginx } }]'),
      '"nginx" does not fit: write for instance nginx.service',
    ],
    [
      'a signal by its long name',
      rule(WHEN, 'then: [{ signal: { signal: SIGTERM } }]'),
      '"SIGTERM" is not known: did you mean "TERM"?',
    ],
    ['an abbreviated word', rule(WHEN, 'severity: crit'), '"crit" is not known: did you mean "critical"?'],
    [
      'a field of a message that stays open',
      rule(WHEN, 'message: "{{target}} {{limit"'),
      'rules[0].message: {{limit is not closed: write {{limit}}',
    ],
    [
      'the absence of everybody',
      rule('when: { absent: {} }'),
      'rules[0].when.absent: no host is without processes, so this never fires: name by select which are missed',
    ],
    ['a list where a mapping is expected', '- a\n', 'r.yaml:1:1: this must be a mapping, not a list'],
    [
      'a tree without a top',
      rule('by: tree', WHEN),
      'r.yaml:3:9: rules[0].by: a tree needs its top: write select: { parent: NAME }',
    ],
    [
      'a grouping of the whole',
      rule('select: x', 'by: unit', 'when: { absent: {} }'),
      'rules[0].by: absent looks at the whole selection: leave by out, or write host',
    ],
  ])('%s', async (_, text, expected) => {
    const problems = await problemsIn(text);
    expect(problems.join('\n')).toContain(expected);
    expect(problems).toHaveLength(1);
  });
});

describe('actions on the processes of a rule that looks at the whole host', () => {
  const HOST = 'when: { below: { available: 1GiB } }';

  test.each([
    ['signal', rule('by: host', WHEN, 'then: [log, signal]'), 'r.yaml:5:17: rules[0].then[1]: signal acts on'],
    ['signal, by default', rule(HOST, 'then: [{ signal: { signal: KILL } }]'), 'r.yaml:4:12: rules[0].then[0]: signal'],
    ['restart', rule('by: host', WHEN, 'then: [restart]'), 'restart: { unit: NAME.service }, or run a program'],
    ['restart', rule(HOST, 'then: [{ restart: { unit: auto } }]'), 'r.yaml:4:12: rules[0].then[0]: restart acts on'],
    [
      'restart by a command',
      rule('when: { count: { above: 9 } }', 'then: [{ restart: { command: [/x] } }]'),
      'name the',
    ],
    [
      'a named one',
      `${rule(HOST, 'then: [end-it]')}actions: { end-it: { signal: {} } }\n`,
      'r.yaml:4:12: rules[0].then[0]: end-it acts on',
    ],
  ])('are refused: %s', async (_, text, expected) => {
    const problems = await problemsIn(text);
    expect(problems).toEqual([expect.stringContaining(expected)]);
  });

  test('stand where what is acted on is named, or the rule has targets of its own', async () => {
    for (const text of [
      rule(HOST, 'then: [{ restart: { unit: cache.service } }, { command: { run: [/bin/true] } }]'),
      rule('by: name', WHEN, 'then: [signal, restart]'),
    ]) {
      expect(await problemsIn(text)).toEqual([]);
    }
  });
});

describe('what is right and yet hardly what was meant', () => {
  test('a program or a folder for a log that is not here', async () => {
    const steps =
      'then: [{ command: { run: [/nowhere/drain] } }, { log: { file: /nowhere/log } }, { command: { run: [/bin/sh] } }]';
    expect(await warningsIn(rule(WHEN, steps))).toEqual([
      expect.stringMatching(
        /^r\.yaml:4:\d+: rules\[0\]\.then\[0\]\.command\.run\[0\]: there is no program \/nowhere\/drain$/,
      ),
      expect.stringMatching(/then\[1\]\.log\.file: there is no folder \/nowhere: make it$/),
    ]);
  });

  test.each([
    [rule(WHEN, "then: [{ command: { run: ['ls -l'] } }]"), "such program: write run: ['ls', '-l']"],
    [rule(WHEN, "then: [{ command: { run: ['/bin/ls -l', a], user: root } }]"), "write run: ['/bin/ls', '-l']"],
    [rule(WHEN, 'then: [{ command: { run: [nowhere] } }]'), undefined],
  ])('a command line in the place of a program: %s', async (text, expected) => {
    expect(await warningsIn(text)).toEqual(expected === undefined ? [] : [expect.stringContaining(expected)]);
  });

  test.each([
    ['by: taem', 'group.by: no rule has a label "taem", so that it tells no alerts apart: did you mean "team"?'],
    [
      'by: [team, zzz]',
      'group.by[1]: no rule has a label "zzz", so that it tells no alerts apart: the names to group by',
    ],
    ['by: [team, rule, unit, host]', undefined],
    ['wait: 1m', undefined],
  ])('group: { %s }', async (group, expected) => {
    const text = rule('labels: { team: web }', WHEN, `group: { ${group} }`);
    expect(await warningsIn(text)).toEqual(expected === undefined ? [] : [expect.stringContaining(expected)]);
  });

  async function warningsIn(text: string, config?: string): Promise<string[]> {
    const { data, folder } = await checkFiles({ 'r.yaml': text, ...(config && { 'psstop.yaml': config }) });
    return (data?.warnings ?? []).map((warning) => formatProblem(warning).replaceAll(`${folder}/`, ''));
  }
  const growth = (options: string, ...more: string[]): string =>
    rule(`when: { all: [{ above: { pss: 1MiB } }, { growth: { pss: 1MiB/h, ${options} } }] }`, ...more);

  test.each([
    [
      'no repeat',
      rule(WHEN, 'then: [log, { restart: { at-most: 3 per 1h } }]'),
      ['r.yaml:4:39: rules[0].then[1].restart.at-most: the rule has no repeat: '],
    ],
    ['no repeat for a signal', rule(WHEN, 'then: [{ signal: { at-most: 3 per 1h } }]'), ['then[0].signal.at-most: ']],
    [
      'no repeat for one that is named',
      `${rule(WHEN, 'then: [again]')}actions: { again: { restart: { at-most: 3 per 1h } } }\n`,
      ['r.yaml:4:12: rules[0].then[0]: the rule has no repeat: '],
    ],
    ['a repeat', rule(WHEN, 'repeat: 10m', 'then: [{ restart: { at-most: 3 per 1h } }]'), []],
    ['no limit', rule(WHEN, 'then: [restart]'), []],
    ['a clear wish', rule(WHEN, 'then: [{ restart: { at-most: 3 per 1h, on: [fired] } }]'), []],
    ['what acts on nothing', rule(WHEN, 'then: [{ log: { at-most: 3 per 1h } }]'), []],
  ])('a restart with a limit and %s', async (_, text, expected) => {
    expect(await warningsIn(text)).toEqual(expected.map((part) => expect.stringContaining(part)));
  });

  test.each([
    ['15s', undefined, 'r.yaml:3:76: rules[0].when.all[1].growth.over: with a snapshot every 5s too few fall into 15s'],
    ['20s', undefined, undefined],
    ['20s, confidence: 0.999', undefined, 'write 40s or more'],
    ['3m', 'interval: 1m\n', 'with a snapshot every 1m too few fall into 3m to tell: write 4m or more'],
    ['10s', 'interval: 1s\n', undefined],
  ])('growth over %s with %s', async (over, config, expected) => {
    const warnings = await warningsIn(growth(`over: ${over}`), config);
    expect(warnings).toEqual(expected === undefined ? [] : [expect.stringContaining(expected)]);
  });

  test('is told of the pace of the command line, and of no rule that is wrong besides', async () => {
    const folder = folderOf({ 'r.yaml': growth('over: 1m') });
    const answer = await check({ rules: [folder], interval: 30_000, env: {} });
    expect('data' in answer && answer.data.warnings).toHaveLength(1);
    const wrong = await checkFiles({ 'r.yaml': growth('over: 15s', 'by: tree') });
    expect(wrong.problems).toHaveLength(1);
  });
});

describe('rules that can never fire', () => {
  test('are no others: between two levels, of different measures or of what depends on the host', async () => {
    const all = (parts: string): string => rule(`when: { all: [${parts}] }`);
    for (const text of [
      all('{ above: { pss: 4MiB } }, { below: { pss: 5MiB } }'),
      all('{ above: { count: 3 } }, { below: { count: 5 } }'),
      all('{ above: { pss: 5MiB } }, { below: { uss: 4MiB } }'),
      all('{ above: { pss: 1GiB } }, { below: { pss: 50% of limit } }'),
    ]) {
      expect(await problemsIn(text)).toEqual([]);
    }
  });

  test.each([
    [
      'an age from nothing to nothing',
      rule('select: { age: { above: 2h, below: 1h } }', WHEN),
      'select.age.below: nothing is older than 2h and younger than 1h',
    ],
    [
      'young processes that must hold out longer than they stay young',
      rule('select: { age: { below: 5m } }', 'by: process', 'for: 5m', WHEN),
      'rules[0].by: this never fires: no process younger than 5m can hold the condition for 5m',
    ],
    ['more than all memory', rule('when: { above: { pss: 120% of ram } }'), 'never fires'],
    ['less than nothing', rule('when: { below: { pss: 0B } }'), 'never fires'],
    [
      'both above a level and below a lower one',
      rule('when: { all: [{ below: { pss: 4MiB } }, { above: { uss: 1MiB } }, { above: { pss: 5MiB } }] }'),
      'rules[0].when.all[0]: no pss is both above 5MiB and below 4MiB, so this never fires',
    ],
    [
      'between two numbers that follow each other',
      rule('when: { not: { any: [{ all: [{ above: { count: 3 } }, { below: { count: 4 } }] }] } }'),
      'no count is both above 3 and below 4',
    ],
    ['how many one process is', rule('by: process', 'when: { above: { count: 3 } }'), 'there is nothing to count'],
    [
      'an action that waits for a reminder which never comes',
      rule(WHEN, 'then: [{ log: { on: [reminded] } }]'),
      'r.yaml:4:25: rules[0].then[0].log.on: the rule never reminds',
    ],
  ])('%s', async (_, text, expected) => {
    const problems = await problemsIn(text);
    expect(problems.join('\n')).toContain(expected);
    expect(problems).toHaveLength(1);
  });

  test('an alert that never clears is a mistake as well', async () => {
    const [problem] = await problemsIn(rule('when: { above: { pss: 500MiB, clear: 600MiB } }'));
    expect(problem).toContain('r.yaml:3:42: rules[0].when.above.clear: clear lies on the wrong side');
  });
});

describe('names', () => {
  const minimal = (name: string): string => `rules:\n  - name: ${name}\n    ${WHEN}\n`;

  test('a rule may not be defined twice, in one file or in two', async () => {
    const { problems } = await checkFiles({ 'a.yaml': minimal('same'), 'b.yaml': minimal('same') });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^b\.yaml:2:5: rules\[0\]\.name: the rule "same" is already defined at a\.yaml:2:5/);
  });

  test('an action may not be defined twice', async () => {
    const { problems } = await checkFiles({
      'a.yaml': 'actions: { quiet: log }\n',
      'b.yaml': 'actions:\n  quiet: { log: { to: stderr } }\n',
    });
    expect(problems).toEqual([
      'b.yaml:2:3: actions.quiet: the action "quiet" is already defined at a.yaml:1:12: give one of them another name',
    ]);
  });

  test("an action may not take the name of one of psstop's own", async () => {
    expect(await problemsIn('actions: { log: { log: {} } }\n')).toEqual([
      `r.yaml:1:12: actions.log: "log" is an action of psstop's own: take another name, or set its options under defaults`,
    ]);
  });

  test('a named action may be used from another file', async () => {
    const { problems, data } = await checkFiles({
      'a.yaml': `rules:\n  - name: r\n    ${WHEN}\n    then: [quiet, { quiet: { after: 10m } }]\n`,
      'b.yaml': 'actions: { quiet: { log: { to: stderr } } }\n',
    });
    expect(problems).toEqual([]);
    expect(data?.actions.map(({ name }) => name)).toEqual(['quiet']);
  });

  test('a named action is no name for a named action', async () => {
    const [problem] = await problemsIn('actions: { one: log, two: { one: { after: 1m } } }\n');
    expect(problem).toContain('actions.two: there is no action "one"');
  });

  test('one file named by two paths is read once', async () => {
    const { data } = await checkFiles({ 'd/a.yaml': minimal('r'), d2: '' });
    expect(data).toBeUndefined(); // d2 is empty
    const twice = await checkFiles({ 'd/a.yaml': minimal('r'), 'd/../d/a.yaml': minimal('r') });
    expect(twice.data?.rules).toHaveLength(1);
  });
});

describe('variables', () => {
  test('an unset one is named', async () => {
    expect(await problemsIn(rule(WHEN, `then: [{ webhook: { url: "\${CHAT_URL}" } }]`))).toEqual([
      'r.yaml:4:30: rules[0].then[0].webhook.url: the environment variable CHAT_URL is not set',
    ]);
  });

  test('one may stand for a level, and is checked like any text', async () => {
    const text = rule(`when: { above: { pss: "\${LIMIT}" } }`);
    expect(await problemsIn(text, { LIMIT: '500MiB' })).toEqual([]);
    expect((await problemsIn(text, { LIMIT: '500' }))[0]).toContain('has no unit');
  });

  test('what they hold is not shown', async () => {
    const text = rule(WHEN, `severity: "\${TOKEN}"`, `then: [{ webhook: { url: "\${TOKEN}" } }]`);
    const problems = await problemsIn(text, { TOKEN: 'hunter2-hunter2' });
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.join('\n')).not.toContain('hunter2');
    expect(problems[0]).toContain(`"\${TOKEN}" is not known`);
  });
});

test('an interval that would read without a pause is refused where it stands', async () => {
  const { problems } = await checkFiles({ 'psstop.yaml': 'interval: 50ms\n', 'a.yaml': rule(WHEN) });
  expect(problems).toEqual(['psstop.yaml:1:11: interval: an interval of 50ms is too short: write 100ms or more']);
});

describe('all at once', () => {
  test('problems of several files are reported together, in order', async () => {
    const { problems } = await checkFiles({
      'psstop.yaml': 'intervall: 5s\n',
      'a.yaml': rule('for: 5', 'keep: 6', 'when: { above: { pss: 1MiB, clear: 2MiB } }').replace('name: r', 'name: a'),
      'b.yaml': 'rules: [',
      'c.yaml': rule(WHEN, 'then: [nobody]').replace('name: r', 'name: c'),
      'missing/../none.yaml': '',
    });
    expect(problems.map((problem) => problem.split(':').slice(0, 2).join(':'))).toEqual([
      'a.yaml:3',
      'a.yaml:4',
      'b.yaml:1',
      'c.yaml:4',
      'none.yaml:1',
      'psstop.yaml:1',
    ]);
    expect(problems.at(-1)).toContain('did you mean "interval"?');
  });

  test('a rule that is fine is tried even where another is broken', async () => {
    const problems = await problemsIn(
      'rules:\n  - name: broken\n  - name: b\n    when: { above: { pss: 1MiB, clear: 2MiB } }\n',
    );
    expect(problems).toHaveLength(2);
  });
});

describe('psstop.yaml', () => {
  test('defaults are completed by the use, and blamed where they stand', async () => {
    const rules = rule(WHEN, 'then: [{ webhook: { url: "https://example.org/x" } }]');
    const good = await checkFiles({ 'psstop.yaml': 'defaults: { webhook: { timeout: 5s } }\n', 'r.yaml': rules });
    expect(good.problems).toEqual([]);
    const bad = await checkFiles({
      'psstop.yaml': 'defaults:\n  log: { file: /tmp/x }\n',
      'r.yaml': rule(WHEN, 'then: [{ log: { to: stderr } }, log]'),
    });
    expect(bad.problems).toEqual([expect.stringContaining('r.yaml:4:25: rules[0].then[0].log.to: a log goes to')]);
  });

  test('without a word on rules takes those of rules.d beside it', async () => {
    const folder = folderOf({ 'psstop.yaml': 'interval: 1s\n', 'rules.d/a.yaml': rule(WHEN) });
    expect(await check({ config: `${folder}/psstop.yaml`, env: {} })).toMatchObject({
      data: { rules: [{ name: 'r' }] },
    });
  });

  test('names the rules, from its own folder on', async () => {
    const folder = folderOf({
      'psstop.yaml': 'rules: rules.d\n',
      'rules.d/a.yaml': rule(WHEN),
      'rules.d/a.test.yaml': '-',
      'rules.d/.b.yaml': '-',
    });
    const answer = await check({ config: `${folder}/psstop.yaml`, env: {} });
    expect(answer).toMatchObject({
      data: {
        rules: [{ name: 'r' }],
        files: [`${folder}/psstop.yaml`, `${folder}/rules.d/a.yaml`],
        watch: [`${folder}/psstop.yaml`, `${folder}/rules.d`],
      },
    });
  });

  test('a sink is checked like an action', async () => {
    const { problems } = await checkFiles({ 'psstop.yaml': 'sinks:\n  - csv: { fil: /tmp/x }\n' });
    expect(problems.join('\n')).toContain(
      'psstop.yaml:2:12: sinks[0].csv.fil: unknown key "fil": did you mean "file"?',
    );
  });
});
