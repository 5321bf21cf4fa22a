import { escapeControls, jsonLine } from '../../core/escape.ts';
import type { AlertKind, Doubt } from '../../core/types.ts';
import { formatAge, formatBounds, formatDuration, formatSize } from '../../core/units.ts';
import type { Command } from '../command.ts';
import { ask } from '../control/client.ts';
import type { Progress } from '../control/progress.ts';
import { SOCKET_OPTION } from '../control/socket.ts';
import type { Why, WhyProcess } from '../control/why.ts';
import { UsageError } from '../world.ts';

/** So many processes of one target are shown; as JSON more. */
const SHOWN = 10;

export const command: Command = {
  name: 'why',
  summary: 'what the rules of the running daemon say of a process, a name or a rule, by what, and who is told of it',
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
  const { rule, mode, target, phase, inPhase, verdict, pss, history, count, processes, alert } = why;
  const note = mode === 'active' ? '' : ` [${mode}]`;
  const lasts = inPhase === undefined ? '' : ` for ${formatAge(inPhase)}`;
  const needs = why.for > 0 && phase === 'pending' ? ` of the ${formatDuration(why.for)} it needs` : '';
  const shown = processes.slice(0, SHOWN);
  const lines = [
    `${rule}${note}: ${target} is ${phase}${lasts}${needs}`,
    `  ${verdict === undefined ? undecided(why) : `the condition ${verdict.met ? 'holds' : 'does not hold'}: ${verdict.because}`}`,
    ...(pss === undefined ? [] : [`  pss ${formatBounds(pss, 'bytes')}${lastRead(why)}`]),
    ...(history === undefined ? [] : [`  ${historyText(history)}`]),
    ...(alert === undefined ? [] : alertTexts(alert, why).map((text) => `  ${text}`)),
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

function undecided({ doubts, fault, noData }: Why): string {
  if (fault !== undefined) return `the condition has no answer, ${MEANWHILE[noData]}: ${fault}`;
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

/** `alert 1x2y, taken: log, ops-mail; reminds in 12m`, and what else there is to know. */
function alertTexts(
  { alert, taken, next, waiting, held, suppressed, acknowledged, left, evidence }: Progress,
  { reminds }: Why,
): string[] {
  const steps = taken.length > 0 ? `taken: ${taken.join(', ')}` : 'nobody has been told';
  const later = reminds === undefined || acknowledged ? [] : [`reminds in ${formatAge(reminds)}`];
  const few = suppressed > 0 ? [`${suppressed} times held`] : [];
  return [
    [`alert ${alert}, ${steps}`, ...few, ...later].join('; '),
    ...next.map((one) => `${one.step} is taken in ${formatAge(one.in)}`),
    ...waiting.map(waitingText),
    ...(held === undefined ? [] : [`held: ${held}`]),
    ...(acknowledged ? [`acknowledged by ${acknowledged.author}: ${acknowledged.reason}`] : []),
    ...(left === undefined ? [] : [`left to a person: ${left}`]),
    ...evidence.map((file) => `evidence: ${file}`),
  ];
}

const NEWS: Readonly<Record<AlertKind, string>> = {
  pending: 'is pending',
  cancelled: 'never fired',
  fired: 'fired',
  reminded: 'still fires',
  resolved: 'is over',
};

function waitingText({ to, kind, attempts, reason, in: wait }: Progress['waiting'][number]): string {
  const news = `${to} is to hear that it ${NEWS[kind]}`;
  if (attempts === 0) return news;
  const times = attempts === 1 ? 'once' : `${attempts} times`;
  return `${news}; that failed ${times}, and is tried again in ${formatAge(wait)}: ${reason}`;
}

function doubtText({ measure, limit }: Doubt): string {
  return limit === undefined ? `${measure} must be known exactly` : `${measure} may lie on either side of its limit`;
}

const REASONS: Readonly<Record<string, string>> = { postponed: 'postponed: its turn comes later' };

function processText({ pid, name, rss, pss, age = 0, unread }: WhyProcess): string {
  const read = pss === undefined ? 'never read' : `read ${formatAge(age)} ago: ${formatSize(pss)}`;
  return `${pid} ${name}: RSS ${formatSize(rss)}, ${read}${unread ? ` (${REASONS[unread] ?? unread})` : ''}`;
}
