import { escapeControls, jsonLine } from '../../core/escape.ts';
import type { Silence } from '../../core/telling/silence.ts';
import { formatDuration } from '../../core/units.ts';
import type { Command } from '../command.ts';
import { ask } from '../control/client.ts';
import { SOCKET_OPTION } from '../control/socket.ts';
import { type Given, textOf, textsOf } from '../options.ts';
import { UsageError, type World } from '../world.ts';
import { whoAsks } from './ack.ts';

/** Options that go to the daemon as they are. */
const SAID = ['rule', 'target', 'for', 'until', 'cron', 'zone', 'lasts', 'expire-unused', 'reason'];

export const command: Command = {
  name: 'silence',
  summary: 'keep alerts from being told and acted upon, for a while and with a reason',
  operands: 'list | add | end ID',
  options: [
    SOCKET_OPTION,
    { name: 'rule', value: 'GLOB', summary: 'alerts of this rule' },
    { name: 'target', value: 'GLOB', summary: 'alerts about this name, unit or container' },
    { name: 'label', value: 'NAME=GLOB', many: true, summary: 'alerts with this label' },
    { name: 'for', value: 'TIME', summary: 'ends after this time' },
    { name: 'until', value: 'WHEN', summary: 'ends at this time (2026-07-06T18:00:00+02:00), or when it is resolved' },
    {
      name: 'cron',
      value: 'EXPR',
      summary: 'holds again and again from these times on: minute hour day month weekday',
    },
    { name: 'lasts', value: 'TIME', summary: 'for so long each time' },
    { name: 'zone', value: 'ZONE', summary: "time zone of --cron (default: this host's)" },
    { name: 'expire-unused', value: 'TIME', summary: 'ends when nothing that it matches has fired for so long' },
    { name: 'reason', value: 'TEXT', summary: 'why' },
    { name: 'author', value: 'NAME', summary: 'who wants it (default: you)' },
    { name: 'json', summary: 'write JSON' },
  ],
  examples: [
    ['psstop silence add --rule "web-*" --for 2h --reason deploy', 'for two hours'],
    ['psstop silence add --target backup --cron "0 2 * * *" --lasts 1h --reason "the nightly run"', 'every night'],
    ['psstop silence end 1a2b3c4d', 'end it now'],
  ],
  async run(given, world) {
    const [verb = 'list', id] = given.operands;
    if (verb === 'list') return list(given, world);
    if (verb === 'add') return add(given, world);
    if (verb !== 'end') throw new UsageError(`psstop silence ${verb}: write list, add or end`);
    if (id === undefined) throw new UsageError('end which silence? See psstop silence list');
    await ask(given, world, { method: 'DELETE', path: `/silences/${encodeURIComponent(id)}` });
    world.stdout.write(`ended: ${escapeControls(id)}\n`);
    return 0;
  },
};

async function add(given: Given, world: World): Promise<number> {
  if (textOf(given, 'reason') === undefined) throw new UsageError('say why nobody is to be told: --reason=TEXT');
  const said = SAID.flatMap((name) => {
    const text = textOf(given, name);
    return text === undefined ? [] : [[name, text] as const];
  });
  const labels = textsOf(given, 'label').map(labelOf);
  const zone = textOf(given, 'cron') !== undefined && { zone: Intl.DateTimeFormat().resolvedOptions().timeZone };
  const body = {
    ...zone,
    ...Object.fromEntries(said),
    ...(labels.length > 0 && { labels: Object.fromEntries(labels) }),
    author: textOf(given, 'author') ?? whoAsks(world.env),
  };
  const silence = await ask<Silence>(given, world, { method: 'POST', path: '/silences', body });
  world.stdout.write(given.values.json === true ? `${jsonLine(silence)}\n` : `${lineOf(silence)}\n`);
  return 0;
}

async function list(given: Given, world: World): Promise<number> {
  const silences = await ask<Silence[]>(given, world, { path: '/silences' });
  const json = given.values.json === true;
  const lines = silences.map((silence) => `${json ? jsonLine(silence) : lineOf(silence)}\n`);
  world.stdout.write(lines.length === 0 && !json ? 'no silences\n' : lines.join(''));
  return 0;
}

function labelOf(text: string): [string, string] {
  const [name = '', ...value] = text.split('=');
  if (name === '' || value.length === 0) throw new UsageError(`--label: "${text}" is not NAME=GLOB`);
  return [name, value.join('=')];
}

/** `1a2b3c4d rule=web-* until 2026-07-06T16:00:00.000Z, by ann: deploy`. */
function lineOf({ id, match, until, recurs, author, reason }: Silence): string {
  const { rule, target, labels = {} } = match;
  const what = Object.entries({ ...(rule && { rule }), ...(target && { target }), ...labels });
  const end = typeof until === 'number' ? `until ${new Date(until).toISOString()}` : `until it is ${until}`;
  const again = recurs && `, for ${formatDuration(recurs.lasts)} from ${recurs.cron} (${recurs.zone})`;
  return escapeControls(
    `${id} ${what.map((one) => one.join('=')).join(' ')} ${end}${again ?? ''}, by ${author}: ${reason}`,
  );
}
