import type { Command } from '../command.ts';
import { optionSummary, optionSyntax, sentence } from '../help.ts';
import { COMMON, type OptionSpec } from '../options.ts';

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
  ['3', 'compare, replay --fail-on: there was nothing to compare or to judge'],
  ['0 1 2 3', 'watch --once, as Nagios has it: nothing fires, a warning fires, something critical fires, unknown'],
];

const FILES: readonly (readonly [string, string])[] = [
  ['/etc/psstop/psstop.yaml', 'the configuration'],
  ['/etc/psstop/rules.d/*.yaml', 'the rules'],
  ['$XDG_CONFIG_HOME/psstop/', 'the same for a user: psstop.yaml and rules.d'],
  ['/var/lib/psstop/', 'alerts, silences and histories; of a user: ~/.local/state/psstop'],
  [
    '/run/psstop/control.sock',
    'where alerts, silence, ack, why and reload reach the daemon; of a user: in $XDG_RUNTIME_DIR/psstop',
  ],
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
    `.SH OPTIONS OF EVERY COMMAND\n${terms(COMMON.map(described))}`,
    `.SH EXIT STATUS\n${terms(EXIT_CODES)}`,
    `.SH FILES\n${terms(FILES)}`,
    `.SH SIGNALS\n${terms(SIGNALS)}`,
  ];
  return `${parts.join('\n')}\n`;
}

function section({ name, summary, operands, options, about, examples }: Command): string {
  const title = `.SH COMMAND: ${name.toUpperCase()}`;
  const call = `.B psstop ${name}\n[\\fIOPTION\\fR]... ${operands ? roff(operands) : ''}`.trimEnd();
  const lines = [title, call, `.PP\n${roff(sentence(summary))}`, ...(about ?? []).map((text) => `.PP\n${roff(text)}`)];
  if (options.length > 0) lines.push(terms(options.map(described)));
  if (examples !== undefined && examples.length > 0) lines.push('.SS Examples', terms(examples));
  return lines.join('\n');
}

function described(spec: OptionSpec): readonly [string, string] {
  return [optionSyntax(spec).trim(), optionSummary(spec)];
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
