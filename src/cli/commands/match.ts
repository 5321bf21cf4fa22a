import { assign } from '../../core/assign.ts';
import { escapeControls, jsonLine } from '../../core/escape.ts';
import { suggest } from '../../core/nearest.ts';
import { Roster } from '../../core/roster.ts';
import { RuleMemory } from '../../core/rule-memory.ts';
import { noStanding } from '../../core/standing.ts';
import { formatTable } from '../../core/table.ts';
import type { Target } from '../../core/target.ts';
import type { Rule, Snapshot } from '../../core/types.ts';
import { formatSize } from '../../core/units.ts';
import { procSource } from '../../sources/proc/source.ts';
import type { Command } from '../command.ts';
import { PLACE_OPTIONS } from '../places.ts';
import { loadUnsent } from '../unsent.ts';
import { UsageError } from '../world.ts';

export const command: Command = {
  name: 'match',
  summary: 'show which processes a rule selects right now, and how it groups them',
  operands: 'RULE',
  options: [
    ...PLACE_OPTIONS,
    { name: 'json', summary: 'write one JSON object for each target' },
    { name: 'proc', value: 'DIR', env: true, summary: 'read another proc file system (default /proc)' },
  ],
  examples: [['psstop match web-over-budget', 'is it the right nginx?']],
  async run(given, world) {
    const [name] = given.operands;
    if (name === undefined) throw new UsageError('match which rule?');
    const { rules, settings } = await loadUnsent(given, world);
    const rule = rules.find((one) => one.name === name);
    if (!rule)
      throw new UsageError(
        `no rule "${name}": ${suggest(
          name,
          rules.map((one) => one.name),
          'rules',
        )}`,
      );
    const source = procSource({
      root: settings.proc,
      cgroupRoot: settings.cgroup,
      interval: settings.interval,
      patience: Number.POSITIVE_INFINITY,
      whole: false,
      notice: () => undefined,
    });
    const snapshot = await source.snapshot().finally(() => source.close());
    const targets = targetsOf(rule, snapshot);
    world.stdout.write(given.values.json === true ? targets.map(targetJson).join('') : print(rule, targets));
    return targets.length > 0 ? 0 : 1;
  },
};

/** The targets that the engine would judge, found by the same code. */
function targetsOf(rule: Rule, snapshot: Snapshot): Target[] {
  const ofRule = new RuleMemory(rule, noStanding());
  assign(new Roster([ofRule]), snapshot);
  return [...ofRule.targets.values()];
}

function print(rule: Rule, targets: readonly Target[]): string {
  const rows = targets.map((target) => [
    escapeControls(target.name),
    target.members.map(({ process }) => process.pid).join(' '),
    pssOf(target),
  ]);
  const columns = (cells: readonly string[][]) => [
    { title: `Target (by ${rule.by})`, cells: cells.map(([name = '']) => name), flexible: true },
    { title: 'PSS', cells: cells.map(([, , pss = '']) => pss), align: 'right' as const },
    { title: 'PIDs', cells: cells.map(([, pids = '']) => pids), flexible: true },
  ];
  const head = `${rule.name} selects ${escapeControls(rule.select.text)}: ${targets.length} ${targets.length === 1 ? 'target' : 'targets'}\n`;
  if (targets.length === 0) return head;
  return `${head}${formatTable({ columns: columns(rows) }).join('\n')}\n`;
}

function pssOf(target: Target): string {
  const pss = target.measure('pss');
  if (pss === undefined) return '';
  return pss.low === pss.high ? formatSize(pss.high) : `≤ ${formatSize(pss.high)}`;
}

function targetJson(target: Target): string {
  const { key, name, members } = target;
  const processes = members.map(({ process, exact }) => ({ ...process, pss: exact?.pss ?? null }));
  return `${jsonLine({ key, name, pss: target.measure('pss'), processes })}\n`;
}
