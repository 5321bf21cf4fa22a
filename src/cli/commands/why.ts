import { escapeControls, jsonLine } from '../../core/escape.ts';
import type { Doubt } from '../../core/types.ts';
import { formatAge, formatBounds, formatDuration, formatSize } from '../../core/units.ts';
import type { Command } from '../command.ts';
import { ask } from '../control/client.ts';
import { SOCKET_OPTION } from '../control/socket.ts';
import type { Why, WhyProcess } from '../control/why.ts';
import { UsageError } from '../world.ts';

/** So many processes of one target are shown; as JSON more. */
const SHOWN = 10;

export const command: Command = {
  name: 'why',
  summary: 'what the rules of the running daemon say of a process, a name or a rule, and what they say it by',
  operands: 'PID | NAME | RULE',
  options: [SOCKET_OPTION, { name: 'json', summary: 'write one JSON object for each rule and target' }],
  examples: [['psstop why nginx', 'why does it fire, or why not?']],
  async run(given, world) {
    const [what] = given.operands;
    if (what === undefined) throw new UsageError('why what? Name a process, by pid or name, or a rule');
    const found = await ask<Why[]>(given, world, { path: `/why?what=${encodeURIComponent(what)}` });
    const print = given.values.json === true ? (one: Why) => `${jsonLine(one)}\n` : textOf;
    world.stdout.write(found.map(print).join(''));
    return 0;
  },
};

function textOf(why: Why): string {
  const { rule, mode, target, phase, inPhase, verdict, pss, history, count, processes } = why;
  const note = mode === 'active' ? '' : ` [${mode}]`;
  const lasts = inPhase === undefined ? '' : ` for ${formatAge(inPhase)}`;
  const needs = why.for > 0 && phase === 'pending' ? ` of the ${formatDuration(why.for)} it needs` : '';
  const shown = processes.slice(0, SHOWN);
  const lines = [
    `${rule}${note}: ${target} is ${phase}${lasts}${needs}`,
    `  ${verdict === undefined ? undecided(why) : `the condition ${verdict.met ? 'holds' : 'does not hold'}: ${verdict.because}`}`,
    ...(pss === undefined ? [] : [`  pss ${formatBounds(pss, 'bytes')}${lastRead(why)}`]),
    ...(history === undefined ? [] : [`  ${historyText(history)}`]),
    ...shown.map((process) => `  ${processText(process)}`),
    ...(count > shown.length ? [`  … and ${count - shown.length} more`] : []),
  ];
  return lines.map((line) => `${escapeControls(line)}\n`).join('');
}

/** What counts meanwhile, by the rule's `no-data`. */
const MEANWHILE = {
  keep: 'the alert stays as it is',
  clear: 'that counts as not met',
  fire: 'that counts as met',
};

function undecided({ doubts, noData }: Why): string {
  if (doubts.length === 0) return 'the condition can not tell yet';
  return `undecided until it is read again, ${MEANWHILE[noData]}: ${doubts.map(doubtText).join('; ')}`;
}

function lastRead({ pss, read }: Why): string {
  const known = pss === undefined || read === undefined || pss.low === pss.high;
  return known ? '' : `; ${formatSize(read)} when it was read last`;
}

function historyText({ reach, stored }: NonNullable<Why['history']>): string {
  const before =
    stored === undefined ? '' : `, up to ${formatAge(stored)} ago from what was stored before the rule was there`;
  return `its history goes back ${formatAge(reach)}${before}`;
}

function doubtText({ measure, limit }: Doubt): string {
  return limit === undefined ? `${measure} must be known exactly` : `${measure} may lie on either side of its limit`;
}

const REASONS: Readonly<Record<string, string>> = { postponed: 'postponed: its turn comes later' };

function processText({ pid, name, rss, pss, age = 0, unread }: WhyProcess): string {
  const read = pss === undefined ? 'never read' : `read ${formatAge(age)} ago: ${formatSize(pss)}`;
  return `${pid} ${name}: RSS ${formatSize(rss)}, ${read}${unread ? ` (${REASONS[unread] ?? unread})` : ''}`;
}
