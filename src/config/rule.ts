import { OptionError } from '../core/errors.ts';
import { HOST_MEASURES } from '../core/measure.ts';
import { compileMessage, DEFAULT_MESSAGE } from '../core/message.ts';
import type { Condition, GroupBy, Rule, Selector, Step } from '../core/types.ts';
import { formatDuration, parseDuration } from '../core/units.ts';
import { attempt, inside, type Place } from './attempt.ts';
import { createCondition } from './conditions.ts';
import type { Entry, RuleData, StepData } from './data.ts';
import type { Fault, Path } from './place.ts';
import { compileSelection } from './selection.ts';
import { stableJson } from './stable.ts';
import { createStep } from './steps.ts';
import { tellingOf } from './telling.ts';
import { fillVariables } from './variables.ts';
import type { Workshop } from './workshop.ts';

/** Makes one rule; undefined when something is wrong with it. What that is goes to the workshop's faults. */
export async function compileRule(entry: Entry<RuleData>, shop: Workshop): Promise<Rule | undefined> {
  const known = shop.faults.length;
  const { faults } = shop;
  const { then: _steps, escalate: _louder, ...written } = entry.data;
  const data = fillVariables(written, shop.env, (path, message) => {
    faults.push({ ...inside(entry, ...path), message });
  });
  const remarks = {
    interval: shop.interval,
    warn: (path: Path, text: string) => void shop.warnings.push({ ...inside(entry, 'when', ...path), message: text }),
  };
  const select = await attempt(inside(entry, 'select'), faults, () => selectionOf(data, shop));
  const when = await attempt(inside(entry, 'when'), faults, () => {
    refuseAbsenceOfAll(data);
    return createCondition(data.when, shop.plugins, remarks);
  });
  const message = await attempt(inside(entry, 'message'), faults, () =>
    compileMessage(data.message ?? DEFAULT_MESSAGE),
  );
  const times = await attempt(entry, faults, () => timesOf(data));
  const telling = await attempt(entry, faults, () => tellingOf(data));
  const steps = await createSteps(entry, times === undefined || times.repeat > 0, shop);
  if (!select || !when || !message || !times || !telling || faults.length > known) return undefined;
  const by = await attempt(inside(entry, 'by'), faults, () => groupingOf(data, { select, when, for: times.for }));
  if (by === 'host') refuseByHost(steps, { entry, faults });
  if (by === undefined || faults.length > known) return undefined;
  return {
    name: data.name,
    key: `${data.name} ${stableJson({ select: data.select, by, when: data.when })}`,
    ...(data.summary !== undefined && { summary: data.summary }),
    severity: data.severity ?? 'warning',
    labels: data.labels ?? {},
    noData: data['no-data'] ?? 'keep',
    mode: data.mode ?? 'active',
    steps,
    ...{ select, by, when, message, ...times, ...telling },
  };
}

/** One for all rules that write the same: who is selected is then found out once for all of them. */
function selectionOf({ select }: RuleData, { selections }: Workshop): Promise<Selector> {
  const key = JSON.stringify(select ?? null);
  const known = selections.get(key) ?? compileSelection(select);
  selections.set(key, known);
  return known;
}

function timesOf(data: RuleData): Pick<Rule, 'for' | 'keep' | 'repeat'> {
  const read = (key: 'for' | 'keep' | 'repeat'): number => (data[key] === undefined ? 0 : parseDuration(data[key]));
  return { for: read('for'), keep: read('keep'), repeat: read('repeat') };
}

async function createSteps({ data, ...entry }: Entry<RuleData>, reminds: boolean, shop: Workshop): Promise<Step[]> {
  const steps: Step[] = [];
  const add = async (step: StepData, place: Place, louder?: { after: string }): Promise<void> => {
    const made = await createStep({ data: step, place, rule: data.name, reminds, before: steps }, shop);
    if (made === undefined) return;
    if (louder && made.after > 0) shop.faults.push({ ...place, message: AFTER_TWICE });
    steps.push(louder ? { ...made, after: parseDuration(louder.after), escalation: true } : made);
  };
  for (const [index, step] of (data.then ?? []).entries()) await add(step, inside(entry, 'then', index));
  for (const [index, louder] of (data.escalate ?? []).entries()) {
    for (const [inner, step] of louder.then.entries()) {
      await add(step, inside(entry, 'escalate', index, 'then', inner), louder);
    }
  }
  return steps;
}

const AFTER_TWICE = 'it is escalate that says after how long: leave after out here';

/** What acts on the target's own processes would act on the biggest of the whole host, whatever they are. */
function refuseByHost(steps: readonly Step[], { entry, faults }: { entry: Entry<RuleData>; faults: Fault[] }): void {
  for (const [index, { name, action }] of steps.entries()) {
    if (action.insteadByHost === undefined) continue;
    const message = `${name} acts on a target's own processes, and this rule is by: host: ${action.insteadByHost}`;
    faults.push({ ...inside(entry, 'then', index), message });
  }
}

/** How the rule's processes are put together. @throws OptionError when that fits neither the selection nor the condition. */
function groupingOf(data: RuleData, parts: { select: Selector; when: Condition; for: number }): GroupBy {
  const hasParent = typeof data.select === 'object' && data.select.parent !== undefined;
  const by = data.by ?? defaultGrouping(data, parts.when, hasParent);
  if (parts.when.wholeSelection && by !== 'host') {
    const [condition] = Object.keys(data.when);
    throw new OptionError([], `${condition} looks at the whole selection: leave by out, or write host`);
  }
  if (by === 'process') refuseCountOfOne(data.when);
  if (by === 'tree' && !hasParent) throw new OptionError([], 'a tree needs its top: write select: { parent: NAME }');
  const youngest = parts.select.age?.below;
  if (by === 'process' && youngest !== undefined && parts.for >= youngest) {
    const limit = formatDuration(youngest);
    throw new OptionError(
      [],
      `this never fires: no process younger than ${limit} can hold the condition for ${formatDuration(parts.for)}`,
    );
  }
  return by;
}

/** @throws OptionError where it must miss every process there is. */
function refuseAbsenceOfAll({ select, when }: RuleData): void {
  if (select !== undefined || !('absent' in when)) return;
  throw new OptionError(
    ['absent'],
    'no host is without processes, so this never fires: name by select which are missed',
  );
}

/** @throws OptionError where a plain `above` or `below` counts the processes of targets that are one process each. */
function refuseCountOfOne({ above, below }: RuleData['when']): void {
  for (const options of [above, below] as { readonly count?: number }[]) {
    if (options?.count === undefined) continue;
    throw new OptionError([], 'each target is one process, so there is nothing to count: leave by out, or write name');
  }
}

function defaultGrouping(data: RuleData, when: Condition, hasParent: boolean): GroupBy {
  if (when.wholeSelection || onlyHost(data.when)) return 'host';
  return hasParent ? 'tree' : 'name';
}

/** True when a plain `above` or `below` looks at a figure of the host, which is the same for every process. */
function onlyHost(when: RuleData['when']): boolean {
  const options = when.above ?? when.below;
  return typeof options === 'object' && options !== null && Object.keys(options).every(isOfHost);
}

function isOfHost(key: string): boolean {
  return key === 'clear' || HOST_MEASURES.some((measure) => measure === key);
}
