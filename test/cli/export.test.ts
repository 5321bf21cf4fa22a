import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasPrometheus, promtool } from '../prometheus/server.ts';
import { psstop, shell, start } from './psstop.ts';
import { type Folder, folder } from './rules.ts';

const ROOT = new URL('../../', import.meta.url).pathname;

let place: Folder;
beforeEach(() => {
  place = folder();
});
afterEach(() => place.dispose());

const RULES = `rules:
  - name: web
    summary: The web stays small
    select: "\${NAME}"
    when: { above: { pss: 500MiB, clear: 450MiB } }
    for: 90s
    keep: 5m
    severity: critical
    labels: { team: "{{shop}}", name: x }
    repeat: 1h
    message: "{{target}} on {{host}}: {{value}} of {{limit}} for {{labels.team}} {{pid}}"
    then: [log]
`;

const GROUP = `groups:
  - name: psstop
    rules:
      - alert: "web"
        expr: |-
          sum by (instance, name) (psstop_group_pss_low_bytes{name="nginx"}) > 524288000
          or (sum by (instance, name) (psstop_group_pss_high_bytes{name="nginx"}) > 471859200 and on (instance, name) ALERTS{alertname="web", alertstate="firing"})
        for: 90s
        keep_firing_for: 5m
        labels:
          "team": "{{ \\"{{\\" }}shop}}"
          "severity": "critical"
        annotations:
          "summary": "{{ $labels.name }} on {{ $labels.instance }}: {{ $value | humanize1024 }}B of 500 MiB for {{ \\"{{\\" }}shop}} "
          "description": "The web stays small"
`;

describe('psstop export prometheus', () => {
  it('writes what a rule comes to, and says what does not come along', async () => {
    const file = place.write('web.yaml', RULES);
    const { stdout, stderr, code } = await start(['export', 'prometheus', file], { env: { NAME: 'nginx' } }).ended;
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(stdout.slice(stdout.indexOf('groups:'))).toBe(GROUP);
    const comments = stdout.split('\n').filter((line) => line.startsWith('# web: '));
    expect(comments).toEqual([
      "# web: the label name is taken: the rule's own is left out",
      '# web: Prometheus does not know {{pid}}: it is left out of the message',
      "# web: repeat: who is told, and when, is Alertmanager's matter",
    ]);
    expect(stdout).toContain('labels: [name, unit, container], measures: [pss, swap, uss, rss]');
  });

  it('needs nothing of what is needed to send', async () => {
    const config = place.write(
      'psstop.yaml',
      `actions:
  ops-mail: { email: { server: "\${MAIL}", user: ops, password: { file: /nowhere/secret }, to: a@example.org } }
rules: web.yaml
`,
    );
    place.write('web.yaml', RULES.replace(/select: .*/, 'select: nginx').replace('[log]', '[ops-mail]'));
    const exported = await psstop('export', 'prometheus', '-c', config);
    expect({ stderr: exported.stderr, code: exported.code }).toEqual({ stderr: '', code: 0 });
    expect(exported.stdout).toContain(GROUP);
    expect(await psstop('match', 'web', '-c', config)).toMatchObject({ stderr: '' });
    expect(await psstop('watch', '--once', '-c', config)).toMatchObject({ code: 0 });
    const empty = place.write('empty.ndjson', '');
    expect(await psstop('replay', empty, '-c', config)).toMatchObject({ code: 0 });

    const checked = await psstop('check', '-c', config);
    expect(checked).toMatchObject({ code: 2, stdout: '' });
    expect(checked.stderr).toContain(
      'psstop.yaml:2:32: actions.ops-mail.email.server: the environment variable MAIL is',
    );
    const without = await psstop('check', '-c', config, '--without-secrets');
    expect(without).toMatchObject({ code: 0 });
    expect(without.stdout).toMatch(/^fine: 1 rule in 2 files, 1 warning /);
    expect(without.stderr).toContain('email.server: warning: the environment variable MAIL is not set');
  });

  it('leaves out what Prometheus can not say, each with its reason, and exits with 1', async () => {
    const { stdout, stderr, code } = await psstop('export', 'prometheus', `${ROOT}rules`);
    expect(code).toBe(1);
    const left = stderr.trimEnd().split('\n');
    expect(left.map((line) => line.replace(/^psstop: left out: ([\w-]+): .{20,}$/, '$1'))).toEqual([
      'build-holds-more',
      'steady-growth',
      'leak',
      'watchdog-too-big',
    ]);
    for (const line of left) expect(stdout).toContain(line.replace('psstop: left out:', '# LEFT OUT'));
  });

  it.skipIf(!hasPrometheus)(
    'writes rules that promtool takes: those that ship, and those of the examples',
    async () => {
      // The examples name actions, whose secrets are not here.
      const config = place.write(
        'psstop.yaml',
        'actions: { ops-mail: { log: {} }, chat: { log: {} }, restart-unit: { log: {} } }\n',
      );
      for (const rules of ['rules', 'examples/rules.d']) {
        const { stdout, stderr } = await psstop('export', 'prometheus', '-c', config, `${ROOT}${rules}`);
        expect(stdout, stderr).toContain('- alert: ');
        const file = place.write('exported.yml', stdout);
        expect(promtool(['check', 'rules', file])).toMatchObject({ status: 0 });
      }
    },
  );

  it('has series for each process where the sink has them, and says what the sink lacks', async () => {
    const rules = place.write(
      'rules.d/one.yaml',
      'rules: [{ name: big, by: process, select: { user: app }, when: { above: { anon: 1GiB } } }]\n',
    );
    const sink = (labels: string) => place.write('psstop.yaml', `rules: rules.d\nsinks: [{ prometheus: ${labels} }]\n`);
    const refused = await psstop('export', 'prometheus', '-c', sink('{}'), rules);
    expect(refused.stderr).toContain('left out: big: by: process needs series of their own');
    const { stdout, stderr, code } = await psstop('export', 'prometheus', '-c', sink('{ labels: [name, pid] }'), rules);
    expect(code).toBe(0);
    expect(stdout).toContain(
      'sum by (instance, name, pid) (psstop_group_anon_low_bytes{user="app", pid!=""}) > 1073741824',
    );
    expect(stdout).toContain('{{ $labels.name }}[{{ $labels.pid }}]');
    expect(stderr).toBe('psstop: the sink prometheus does not export what they need: unit, container, user, anon\n');
  });

  it.skipIf(!hasPrometheus)('is piped into promtool as its help shows', async () => {
    const { stdout: help } = await psstop('help', 'export');
    const [, line = ''] = /^ {2}(psstop export .* \| promtool .*?) {2}/m.exec(help) ?? [];
    const rules = place.write('rules.d/one.yaml', 'rules: [{ name: big, when: { above: { pss: 1GiB } } }]\n');
    const { stdout, code } = await shell(line.replace('rules.d', rules));
    expect({ stdout, code }).toEqual({ stdout: expect.stringContaining('SUCCESS: 1 rules found'), code: 0 });
  });

  it('wants to know for whom', async () => {
    expect(await psstop('export')).toMatchObject({ code: 2, stdout: '' });
    const { code, stderr } = await psstop('export', 'nagios');
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('psstop export prometheus [RULES]') });
  });
});
