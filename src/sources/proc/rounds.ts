import type { Budget } from '../../core/budget.ts';
import { URGENCIES } from '../../core/demand.ts';
import { escapeControls } from '../../core/escape.ts';
import type { Demand, ProcessSample, Snapshot, Urgency } from '../../core/types.ts';
import type { Entry } from './entry.ts';
import { readSwap } from './host.ts';
import { BIG } from './layout.ts';
import type { Readings } from './readings.ts';
import { type DraftSample, settleSample } from './sample.ts';
import type { ProcessTable } from './table.ts';

/** Says what must be read of a draft; asked again when that was done, until it is nothing more. */
export type AskDemand = (draft: Snapshot) => readonly Demand[];

/** What serving demands needs. */
export interface RoundsOptions {
  readonly root: string;
  readonly ask: AskDemand;
  readonly readings: Readings;
  readonly budget: Budget;
  readonly table: ProcessTable;
  /** Who stands behind each sample of the draft. */
  readonly entries: ReadonlyMap<ProcessSample, Entry>;
  /** Why each reading is made, for the debug log. */
  trace?(line: string): void;
}

/** A reading may be replaced by the fact that nothing has changed so many times: PSS also moves when others do. */
const STANDS_AT_MOST = 3;
/** Whose swap was asked for is looked up for so many snapshots without being asked again. */
const SWAP_SNAPSHOTS = 20;

/** Reads what is asked for, round after round: each answers some of it, and often makes the rest needless. */
export async function serveDemands(draft: Snapshot, options: RoundsOptions): Promise<void> {
  const refused = new Set<ProcessSample>();
  for (;;) {
    const asked = options.ask(draft).filter(({ sample }) => !refused.has(sample));
    if (asked.length === 0) return;
    const granted = grant(asked, refused, { draft, options });
    await options.readings.read(granted.map(({ entry }) => entry));
    for (const { sample, entry } of granted) settleSample(sample, entry);
    options.budget.endRound();
  }
}

interface Granted {
  readonly sample: DraftSample;
  readonly entry: Entry;
}

/** Grants what may be read; what may not be is postponed where a rule depends on it, and else simply left. */
function grant(
  asked: Demand[],
  refused: Set<ProcessSample>,
  { draft, options }: { draft: Snapshot; options: RoundsOptions },
): Granted[] {
  const { entries, readings, table, trace } = options;
  const granted: Granted[] = [];
  const refuse = (sample: DraftSample, urgency: Urgency) => {
    if (urgency === 'decide') sample.unread = readings.isOver ? 'late' : 'postponed';
    else refused.add(sample);
  };
  for (const demand of asked.sort((a, b) => URGENCIES.indexOf(a.urgency) - URGENCIES.indexOf(b.urgency))) {
    const { sample, urgency } = demand;
    const entry = entries.get(sample);
    if (entry === undefined || !mayRead(demand, entry, { draft, options })) refuse(sample, urgency);
    else if (!standsIn(demand, entry, options)) {
      prepare(entry, table);
      trace?.(tell(demand, entry));
      granted.push({ sample, entry });
    }
  }
  return granted;
}

function mayRead(
  { urgency }: Demand,
  { startedAt, rss, last, took }: Entry,
  { draft, options }: { draft: Snapshot; options: RoundsOptions },
): boolean {
  if (options.readings.isOver) return false;
  const before = last && { last: { at: last.at, took } };
  return options.budget.allows({ urgency, startedAt, rss, ...before }, draft.uptime);
}

/** Something cheaper than a reading, where that will do. */
function standsIn(demand: Demand, entry: Entry, { root, table }: RoundsOptions): boolean {
  const sample: DraftSample = demand.sample;
  if (demand.urgency === 'series') {
    if ((entry.flags & BIG) === 0 || entry.stood >= STANDS_AT_MOST || !hasNotMoved(entry, table)) return false;
    entry.stood++;
    sample.still = true;
    return true;
  }
  const swap = demand.measure === 'swap' || demand.measure === 'memory';
  if (!swap || entry.swapAsked > 0 || sample.swap === 0) return false;
  entry.swapAsked = SWAP_SNAPSHOTS;
  sample.swap = Math.min(sample.swap ?? Number.POSITIVE_INFINITY, readSwap(root, entry.pid));
  return true;
}

/** Neither faults nor pages given back since the last reading: then at most the share of others in its pages has changed. */
function hasNotMoved(entry: Entry, table: ProcessTable): boolean {
  const { before } = entry;
  if (before === undefined || entry.rss !== before.rss || entry.shared !== before.shared) return false;
  return table.refresh(entry) && entry.faults === before.faults;
}

/** What will tell, the next time, whether anything has changed. Of a small process that would cost as much as reading it. */
function prepare(entry: Entry, table: ProcessTable): void {
  entry.before = undefined;
  if ((entry.flags & BIG) === 0 || !table.refresh(entry)) return;
  entry.before = { rss: entry.rss, shared: entry.shared, faults: entry.faults };
}

function tell({ sample, urgency, why }: Demand, { pid }: Entry): string {
  return `read ${pid} (${escapeControls(sample.process.name)}) to ${urgency}: ${escapeControls(why())}`;
}
