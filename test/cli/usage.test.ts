import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { OptionSpec } from '../../src/cli/options.ts';
import { allCommands } from '../../src/cli/registry.ts';
import { installed, psstop, shell, start } from './psstop.ts';

const commands = await allCommands();

describe('the command line', () => {
  it.each([
    [['--tpo', '3'], 'unknown option --tpo: did you mean --top?'],
    [['-x'], 'unknown option -x'],
    [['lsit'], 'unknown command "lsit": did you mean "list"?'],
    [['wacth'], 'unknown command "wacth": did you mean "watch"?'],
    [['constructor'], 'unknown command "constructor": the commands are list, watch'],
    [['watch', '--dryrun'], 'unknown option --dryrun: did you mean --dry-run?'],
    [['--by', 'unitt'], '--by: "unitt" is not process, name, unit, container, user: did you mean unit?'],
    [['--sort', 'size'], '--sort: "size" is not pss, swap, rss, count, name, pid'],
    [['--top', '0'], '--top: "0" is not a number of rows: write 10'],
    [['--top', '-3'], '--top needs a value: --top=N'],
    [['-p'], '-p needs a value: --name=NAME'],
    [['--json=yes'], "Option '--json' does not take an argument"],
    [['list', 'nginx'], 'list takes no operand: "nginx"'],
    [['-m', '--interval', '0s'], '--interval: an interval of 0ms is too short: write 100ms or more'],
    [['-m', '--interval', 'soon'], '--interval: '],
    [['--interval', '2s'], '--interval is from one list of the monitor to the next: write -m too'],
    [['--sort', 'count'], '--sort: count is that of a group: write --by name, unit, container or user too'],
    [['--proc', '/nowhere'], 'there is no proc file system at /nowhere'],
    [['watch', '--proc', '/nowhere'], 'there is no proc file system at /nowhere'],
    [['watch', '--config', '/nowhere/x.yaml'], 'there is no /nowhere/x.yaml'],
    [['check', '/nowhere'], 'there is no /nowhere'],
    [['match'], 'match which rule?'],
    [['schema', 'rulse'], 'no schema "rulse": did you mean "rules"?'],
    [['help', 'lsit'], 'no command "lsit": did you mean "list"?'],
  ])('%j ends with 2 and says what to write', async (args, message) => {
    const { stdout, stderr, code } = await psstop(...args);
    expect(stderr).toContain(`psstop: ${message}`);
    expect(stderr).toMatch(/\nTry "psstop help"\.\n$/);
    expect(stderr).not.toMatch(/^ {4}at /m);
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
  });

  it('refuses to watch a folder without processes, and says nothing is fine about it', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'psstop-empty-'));
    const message = `${empty} is no proc file system: it has neither processes nor a meminfo`;
    const watching = await psstop('watch', '--json', '--proc', empty);
    const once = await psstop('watch', '--once', '--proc', empty);
    rmdirSync(empty);
    expect(watching).toEqual({ stdout: '', stderr: `psstop: ${message}\n`, code: 1 });
    expect(once).toEqual({ stdout: `PSSTOP UNKNOWN: ${message}\n`, stderr: '', code: 3 });
  });

  it('names the option when its PSSTOP_ variable is wrong', async () => {
    const { stderr, code } = await start([], { env: { PSSTOP_COLOR: 'sometimes' } }).ended;
    expect(stderr).toContain('--color: "sometimes" is not auto, always, never');
    expect(code).toBe(2);
  });

  it.each(['--version', '-V'])('tells its version at %s', async (flag) => {
    const { stdout, code } = await psstop(flag);
    expect(stdout).toMatch(/^psstop \d+\.\d+\.\d+ \(node \d+\.\d+\.\d+\)\n$/);
    expect(code).toBe(0);
  });
});

describe('help', () => {
  it('names every command, and the options of the list, with -h, --help and help', async () => {
    const { stdout, stderr, code } = await psstop('-h');
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    for (const { name, summary } of commands)
      expect(stdout).toMatch(new RegExp(`^ {2}${name} .*${plain(summary)}$`, 'm'));
    expect(stdout).toContain('--sort KEY');
    for (const args of [['--help'], ['help']]) expect((await psstop(...args)).stdout).toBe(stdout);
  });

  it.each(commands)('of $name shows its whole table within 120 columns', async (command) => {
    const { stdout, code } = await psstop('help', command.name);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: psstop \\[?${command.name}\\]? `));
    for (const option of command.options) expect(stdout).toMatch(lineOf(option));
    for (const [example] of command.examples ?? []) expect(stdout).toContain(`  ${example} `);
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(120);
    expect((await psstop(command.name, '--help')).stdout).toBe(stdout);
  });
});

describe('man', () => {
  it('tells everything that help does', async () => {
    const { stdout, code } = await psstop('man');
    expect(code).toBe(0);
    const text = stdout.replaceAll('\\-', '-');
    for (const { name, options } of commands) {
      expect(text).toContain(`.SH COMMAND: ${name.toUpperCase()}\n`);
      for (const option of options)
        expect(text).toContain(`--${option.name}${option.value ? ` ${option.value}` : ''}\n`);
    }
    expect(text).toContain('.SS Examples\n.TP\n.B psstop\nall processes\n');
    expect(text.split('--color WHEN')).toHaveLength(2);
    for (const heading of ['EXIT STATUS', 'FILES', 'SIGNALS', 'OPTIONS OF EVERY COMMAND'])
      expect(text).toContain(`.SH ${heading}\n`);
  });

  it.runIf(installed('groff'))('is a page that groff sets without a warning', async () => {
    expect(await shell('psstop man | LC_ALL=C.UTF-8 groff -ww -man -Tutf8 -Kutf8 -rLL=78n -z')).toEqual({
      ...{ stdout: '', stderr: '', code: 0 },
    });
  });
});

/** A text as part of a regular expression. */
function plain(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** How an option stands in the help. */
function lineOf({ name, short, value, summary }: OptionSpec): RegExp {
  const syntax = `${short ? `-${short}, ` : '    '}--${name}${value ? ` ${value}` : ''} `;
  return new RegExp(`^ {2}${plain(syntax)} *${plain(summary)}`, 'm');
}
