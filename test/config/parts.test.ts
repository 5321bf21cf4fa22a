import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileRules } from '../../src/config/compile.ts';
import type { ActionContext } from '../../src/core/types.ts';
import { actionContext, alertEvent, calm } from '../actions/event.ts';
import { checkFiles, folderOf, problemsIn } from './folder.ts';

const rule = (restart: string): string =>
  `rules:\n  - name: r\n    by: unit\n    when: { above: { pss: 1MiB } }\n    then: [{ restart: ${restart} }]\n`;

describe('the actions inside an action', () => {
  it('are checked like all others, where they stand', async () => {
    expect(await problemsIn(rule('{ before: [{ command: { runs: [a] } }] }'))).toEqual([
      expect.stringMatching(/^r.yaml:5:\d+: rules\[0\].then\[0\].restart.before\[0\].command.runs: .*run/),
    ]);
    expect(await problemsIn(rule('{ before: [drian] }'))).toEqual([
      expect.stringMatching(/restart.before\[0\]: there is no action "drian"/),
    ]);
    expect(await problemsIn(rule('{ afterwards: [{ log: { after: 5m } }] }'))).toEqual([
      expect.stringMatching(/restart.afterwards\[0\].log.after: it is run when the action around it says so/),
    ]);
    expect(await problemsIn(rule('{ before: [{ restart: { before: [log] } }] }'))).toEqual([
      expect.stringMatching(/restart.before\[0\].restart.before: a step of an action has no steps of its own/),
    ]);
    expect(await problemsIn(rule('{ verify: { frees: 100% } }'))).toEqual([expect.stringContaining('verify.frees')]);
    expect(await problemsIn(rule('{ verify: { within: 1m, up: 2m } }'))).toEqual([
      expect.stringContaining('verify.up'),
    ]);
  });

  it('may be one that has a name, even of the action around it', async () => {
    const { problems } = await checkFiles({
      'psstop.yaml':
        'actions:\n  drain: { command: { run: [/bin/true], timeout: 5s } }\n  again: { restart: { before: [drain, again] } }\n',
    });
    expect(problems).toEqual([expect.stringContaining('has no steps of its own')]);
  });

  it('take defaults, variables once, and secrets; they are closed with the action around them', async () => {
    const folder = folderOf({});
    const secret = join(folder, 'secret');
    writeFileSync(secret, 'hush\n', { mode: 0o600 });
    const out = join(folder, 'out');
    const { data, problems } = await checkFiles(
      {
        'psstop.yaml': 'defaults: { command: { timeout: 5s } }\n',
        'r.yaml': rule(
          `{ command: ["false"], before: [{ command: { run: [/bin/sh, -c, "echo $A $B > ${out}"], env: { A: { file: ${secret} }, B: "\${B}" } } }] }`,
        ),
      },
      { B: `\${C}` },
    );
    expect(problems).toEqual([]);
    if (data === undefined) throw new Error('no data');
    const [made] = await compileRules(data, { actionContext: actionContext() as ActionContext, env: { B: `\${C}` } });
    const action = made?.steps[0]?.action;
    expect(action?.timeout).toBeGreaterThan(160_000 - 5_000);
    await action?.run(alertEvent(), calm()).catch(() => undefined);
    expect(readFileSync(out, 'utf8')).toBe(`hush \${C}\n`);
    await action?.close?.();
  });
});
