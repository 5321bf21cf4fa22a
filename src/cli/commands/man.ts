import type { Command } from '../command.ts';
import { optionSummary, optionSyntax } from '../help.ts';
import { COMMON } from '../options.ts';

export const command: Command = {
  name: 'man',
  summary: 'print the manual page (psstop man | man -l -)',
  options: [],
  async run(_, world, all) {
    world.stdout.write(manPage(await all(), world.version));
    return 0;
  },
};

const EXIT_CODES: readonly (readonly [string, string])[] = [
  ['0', 'fine'],
  ['1', 'failed; list: no process has the name that was asked for'],
  ['2', 'wrong usage, or wrong rules or configuration'],
  ['0 1 2 3', 'watch --once, as Nagios has it: nothing fires, a warning fires, something critical fires, unknown'],
];

const FILES: readonly (readonly [string, string])[] = [
  ['/etc/psstop/psstop.yaml', 'the configuration'],
  ['/etc/psstop/rules.d/*.yaml', 'the rules'],
  ['$XDG_CONFIG_HOME/psstop/', 'the same for a user: psstop.yaml and rules.d'],
];

const SIGNALS: readonly (readonly [string, string])[] = [
  ['SIGHUP', 'watch: loads the rules again'],
  ['SIGUSR1', 'watch: opens log files again'],
  ['SIGTERM, SIGINT', 'ends, once what is being delivered is through, after 5 seconds at most'],
];

/** The manual page in the man macros of roff (man(7)), made from the same tables as the help. */
function manPage(commands: readonly Command[], version: string): string {
  const parts = [
    `.TH PSSTOP 1 "" "psstop ${roff(version)}"`,
    '.SH NAME\npsstop \\- memory watchdog that judges processes by PSS',
    '.SH SYNOPSIS\n.B psstop\n[\\fICOMMAND\\fR] [\\fIOPTION\\fR]...',
    ...commands.map(section),
    `.SH EXIT STATUS\n${terms(EXIT_CODES)}`,
    `.SH FILES\n${terms(FILES)}`,
    `.SH SIGNALS\n${terms(SIGNALS)}`,
  ];
  return `${parts.join('\n')}\n`;
}

function section({ name, summary, operands, options, about, examples }: Command): string {
  const title = `.SH COMMAND: ${name.toUpperCase()}`;
  const call = `.B psstop ${name}\n[\\fIOPTION\\fR]... ${operands ? roff(operands) : ''}`.trimEnd();
  const lines = [title, call, `.PP\n${roff(summary)}.`, ...(about ?? []).map((text) => `.PP\n${roff(text)}`)];
  lines.push(terms([...options, ...COMMON].map((spec) => [optionSyntax(spec).trim(), optionSummary(spec)])));
  for (const [line, does] of examples ?? []) lines.push(`.PP\n\\fB${roff(line)}\\fR: ${roff(does)}`);
  return lines.join('\n');
}

function terms(rows: readonly (readonly [string, string])[]): string {
  return rows.map(([term, meaning]) => `.TP\n.B ${roff(term)}\n${roff(meaning)}`).join('\n');
}

/** Escapes what roff would read as a command: backslashes, hyphens that must stay hyphens, a dot or quote that begins a line. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/gm, '\\&$1')
    .replaceAll('…', '...')
    .replaceAll('≤', '<=');
}
