import { setImmediate, setTimeout } from 'node:timers/promises';
import { messageOf } from '../../core/errors.ts';
import type { Past } from '../../core/history/past.ts';
import type { Memory } from '../../core/memory.ts';
import type { Recalled, Wanting } from '../../core/recall/recall.ts';
import type { RuleMemory } from '../../core/rule-memory.ts';
import { openTurn } from '../../core/turn.ts';
import type { Rule, Snapshot } from '../../core/types.ts';
import { formatAge } from '../../core/units.ts';
import type { Storing, Tell } from './state.ts';

/** What stands between two looks at whatever else is to be done, ms. */
const SLICE = 10;
/** The first snapshot with new rules waits so long for their past, ms; what takes longer comes with a later one. */
const PATIENCE = 2_000;

/** What giving rules a past needs. */
export interface RecallOptions {
  readonly memory: Memory;
  rules(): readonly Rule[];
  /** Undefined: no history is kept. */
  readonly stored: Storing['stored'];
  readonly tell: Tell;
}

/**
 * Before rules that are new judge their first snapshot, the histories of their conditions are filled from what is stored: at
 * the start those that were not kept with the state, at a reload those of rules that were not there, or were others.
 */
export function recaller(options: RecallOptions): (snapshot: Snapshot) => Promise<void> | undefined {
  const { memory, stored } = options;
  let seen: readonly Rule[] | undefined;
  let known: ReadonlySet<string> = new Set();
  let working = Promise.resolve();
  return (snapshot) => {
    const rules = options.rules();
    if (rules === seen || stored === undefined) return undefined;
    const before = known;
    seen = rules;
    known = new Set(rules.map(({ key }) => key));
    if (rules.every(({ key, when }) => before.has(key) || when.wants.length === 0)) return undefined;
    openTurn(memory, rules, snapshot);
    working = working.then(() => giveBack({ ...options, stored }, snapshot, ({ rule }) => !before.has(rule.key)));
    return Promise.race([working, setTimeout(PATIENCE, undefined, { ref: false })]);
  };
}

async function giveBack(
  { memory, stored: { folder, flush }, tell }: RecallOptions & { stored: NonNullable<Storing['stored']> },
  snapshot: Snapshot,
  isChosen: (ofRule: RuleMemory) => boolean,
): Promise<void> {
  try {
    const { recall, wantingPast } = await import('../../core/recall/recall.ts');
    const wanting: Wanting | undefined = wantingPast(memory, isChosen);
    if (wanting === undefined) return;
    flush();
    const { openPast } = await import('../../store/history/past.ts');
    const past: Past | undefined = await openPast(folder, snapshot.boot);
    if (past === undefined) return;
    try {
      const recalled = await inSlices(recall(memory, wanting, { past, now: snapshot }));
      if (recalled.length > 0)
        tell({ kind: 'state', severity: 'info', message: describe(recalled), details: recalled });
    } finally {
      past.close();
    }
  } catch (error) {
    tell({ kind: 'state', severity: 'warning', message: `new rules begin without a past: ${messageOf(error)}` });
  }
}

async function inSlices<T>(work: Generator<undefined, T>): Promise<T> {
  for (;;) {
    const end = performance.now() + SLICE;
    while (performance.now() < end) {
      const { value, done } = work.next();
      if (done) return value;
    }
    await setImmediate();
  }
}

function describe(recalled: readonly Recalled[]): string {
  const rules = recalled.map(
    ({ rule, targets, reach }) => `${rule} (${targets} ${targets === 1 ? 'target' : 'targets'}, ${formatAge(reach)})`,
  );
  return `what is stored tells new rules of the past: ${rules.join(', ')}`;
}
