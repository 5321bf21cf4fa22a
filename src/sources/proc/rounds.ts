import type { Budget } from '../../core/budget.ts';
import { URGENCIES } from '../../core/demand.ts';
import type { Demand, ProcessSample, Snapshot, Urgency } from '../../core/types.ts';
import type { DraftSample, Entry, Footprint } from './entry.ts';
import { BIG } from './layout.ts';
import type { Readings } from './readings.ts';
import { mostSwapped, noteLoad, settleSample } from './sample.ts';
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
  /** Who stands behind a sample of the draft; undefined for a sample of another one. */
  entryOf(sample: ProcessSample): Entry | undefined;
  /** Why each reading is made, for the debug log. */
  trace?(line: string): void;
}

/** A reading may be replaced by the fact that nothing has changed so many times: PSS also moves when others do. */
const STANDS_AT_MOST = 3;
/** Whose swap was asked for is looked up for so many snapshots without being asked again. */
const SWAP_SNAPSHOTS = 20;
/** ms */
const PUT_OFF_AT_MOST = 60_000;
/** Of those put off for longer so many are raised in one round. */
const RAISED = 8;

/** Reads what is asked for, round after round: each answers some of it, and often makes the rest needless. */
export async function serveDemands(draft: Snapshot, options: RoundsOptions): Promise<void> {
  const served: Served = new Map();
  for (;;) {
    const asked = requestsOf(options.ask(draft), served, options);
    if (asked.length === 0) return;
    const granted = grant(asked, served, { draft, options });
    await options.readings.read(granted.map(({ entry }) => entry));
    for (const one of granted) settle(one, { root: options.root, uptime: draft.uptime });
    options.budget.endRound(options.readings.cpu);
  }
}

/** What was granted or refused in this snapshot, by the place of its urgency: only what is more urgent is heard again. */
type Served = Map<ProcessSample, number>;

function requestsOf(asked: readonly Demand[], served: Served, { entryOf }: RoundsOptions): Request[] {
  const requests: Request[] = [];
  for (const demand of asked) {
    const entry = isNew(demand, served) ? entryOf(demand.sample) : undefined;
    if (entry) requests.push({ demand, entry, urgency: demand.urgency });
  }
  return requests;
}

function isNew({ sample, urgency }: Demand, served: Served): boolean {
  return URGENCIES.indexOf(urgency) < (served.get(sample) ?? URGENCIES.length);
}

interface Granted {
  readonly sample: DraftSample;
  readonly entry: Entry;
  readonly footprint: Footprint | undefined;
}

function settle({ sample, entry, footprint }: Granted, { root, uptime }: { root: string; uptime: number }): void {
  settleSample(sample, entry, root);
  if (entry.lookedAt === uptime) noteLoad(sample, entry);
  entry.before = sample.exact && footprint;
}

/** Grants what may be read; what may not be is postponed where a rule depends on it, and else simply left. */
function grant(
  asked: Request[],
  served: Served,
  { draft, options }: { draft: Snapshot; options: RoundsOptions },
): Granted[] {
  const { table, trace } = options;
  const granted: Granted[] = [];
  for (const request of inOrder(asked, draft)) {
    const { demand, entry } = request;
    const { sample, urgency } = demand;
    if (standsIn(demand, entry, options)) continue;
    served.set(sample, URGENCIES.indexOf(urgency));
    if (mayRead(request, { draft, options })) {
      entry.waitsSince = 0;
      trace?.(tell(demand, entry));
      granted.push({ sample, entry, footprint: footprintOf(demand, entry, table) });
    } else refuse(request, draft.uptime, options);
  }
  return granted;
}

function refuse({ demand, entry }: Request, uptime: number, { readings }: RoundsOptions): void {
  const sample: DraftSample = demand.sample;
  if (demand.urgency === 'decide' || demand.urgency === 'follow')
    sample.unread = readings.isOver ? 'late' : 'postponed';
  if (demand.urgency === 'series') entry.waitsSince ||= uptime;
}

/** A demand, whom it is about, and how urgent it has become. */
interface Request {
  readonly demand: Demand;
  readonly entry: Entry;
  urgency: Urgency;
}

/** The most urgent first, and among equals who was not read for longest: where there is not enough for all, each has its turn. */
function inOrder(requests: Request[], { uptime }: Snapshot): Request[] {
  requests.sort((a, b) => since(a.entry) - since(b.entry));
  const overdue = requests.filter(({ entry, urgency }) => urgency === 'series' && isOverdue(entry, uptime));
  for (const request of overdue.slice(0, RAISED)) request.urgency = 'decide';
  return requests.sort((a, b) => URGENCIES.indexOf(a.urgency) - URGENCIES.indexOf(b.urgency));
}

/** A few histories that were put off for so long are as urgent as decisions: else what is always near its limit would take everything. */
function isOverdue({ waitsSince }: Entry, uptime: number): boolean {
  return waitsSince > 0 && uptime - waitsSince >= PUT_OFF_AT_MOST;
}

function since({ last, startedAt }: Entry): number {
  return last?.at ?? startedAt;
}

function mayRead(
  { entry: { rss, account }, urgency }: Request,
  { draft, options }: { draft: Snapshot; options: RoundsOptions },
): boolean {
  if (options.readings.isOver) return false;
  return options.budget.allows({ urgency, rss, account }, draft.uptime);
}

/** Something cheaper than a reading, where that will do. */
function standsIn(demand: Demand, entry: Entry, { root, table }: RoundsOptions): boolean {
  const sample: DraftSample = demand.sample;
  if (demand.urgency === 'series') {
    if ((entry.flags & BIG) === 0 || entry.stood >= STANDS_AT_MOST || !hasNotMoved(entry, table)) return false;
    entry.stood++;
    sample.still = true;
    noteLoad(sample, entry);
    return true;
  }
  const swap = demand.measure === 'swap' || demand.measure === 'memory';
  if (!swap || entry.swapAsked > 0 || sample.swap === 0) return false;
  entry.swapAsked = SWAP_SNAPSHOTS;
  sample.swap = Math.min(sample.swap ?? Number.POSITIVE_INFINITY, mostSwapped(entry, root));
  return true;
}

/** Neither faults nor pages given back since the last reading: then at most the share of others in its pages has changed. */
function hasNotMoved(entry: Entry, table: ProcessTable): boolean {
  const { before } = entry;
  if (before === undefined || entry.rss !== before.rss || entry.shared !== before.shared) return false;
  return table.refresh(entry) === true && entry.faults === before.faults;
}

/**
 * What will tell, the next time, whether anything has changed; of a small process that would cost as much as reading it. A history
 * keeps the load beside the reading: it is in the same file.
 */
function footprintOf({ urgency }: Demand, entry: Entry, table: ProcessTable): Footprint | undefined {
  if ((entry.flags & BIG) === 0 && urgency !== 'series') return undefined;
  if (!table.refresh(entry)) return undefined;
  return { rss: entry.rss, shared: entry.shared, faults: entry.faults };
}

function tell({ sample, urgency, why }: Demand, { pid }: Entry): string {
  return `read ${pid} (${sample.process.name}) to ${urgency}: ${why()}`;
}
