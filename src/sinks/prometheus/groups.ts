import { ledgerOf } from '../../core/bounds.ts';
import type { GroupLabel } from '../../core/metric.ts';
import { noStanding, type Standing } from '../../core/standing.ts';
import type { ProcessSample, Snapshot } from '../../core/types.ts';
import { writeLabels } from './page.ts';

/** Processes that have all labels in common: one series of each metric. */
export interface Group {
  /** In writing, as a page has them. */
  readonly labels: string;
  readonly members: ProcessSample[];
}

/** The groups that have series of their own, and how many have not. */
export interface Groups {
  readonly groups: readonly Group[];
  /** Those that were put together in the one named `other`. */
  readonly merged: number;
  /** To measure them by. */
  readonly standing: Standing;
}

/** A name can be as long as a command line. */
const LONGEST_VALUE = 200;

/** Where everybody is who has no series of his own. */
const OTHER = writeLabels([['name', 'other']]);

/** Puts a snapshot's processes into groups; of more than `most` groups the biggest stay, and all others become one. */
export function groupProcesses(
  snapshot: Snapshot,
  { labels, most }: { labels: readonly GroupLabel[]; most: number },
): Groups {
  const groups = new Map<string, ProcessSample[]>();
  for (const sample of snapshot.processes) {
    if (sample.unread === 'gone') continue;
    add(groups, writeLabels(labels.map((label) => [label, textOf(sample, label)])), [sample]);
  }
  const { held } = snapshot.memory;
  const standing = { ...noStanding(), ledger: held && ledgerOf(snapshot.processes) };
  const all = Array.from(groups, ([text, members]): Group => ({ labels: text, members }));
  if (all.length <= most) return { groups: all, merged: 0, standing };
  const bySize = all.map((group) => ({ group, size: sizeOf(group) })).sort((a, b) => b.size - a.size);
  const kept = new Map<string, ProcessSample[]>();
  for (const [index, { group }] of bySize.entries()) {
    // A program may really be called that.
    add(kept, index < most - 1 ? group.labels : OTHER, group.members);
  }
  const few = Array.from(kept, ([text, members]): Group => ({ labels: text, members }));
  return { groups: few, merged: all.length - few.length + 1, standing };
}

function add(groups: Map<string, ProcessSample[]>, labels: string, members: readonly ProcessSample[]): void {
  const known = groups.get(labels);
  if (known === undefined) groups.set(labels, [...members]);
  else for (const member of members) known.push(member);
}

function textOf({ process }: ProcessSample, label: GroupLabel): string | undefined {
  const value = process[label];
  return typeof value === 'string' ? value.slice(0, LONGEST_VALUE) : value === undefined ? undefined : String(value);
}

/** What was read last; of whoever was never read, what he can have. */
function sizeOf({ members }: Group): number {
  return members.reduce((sum, { exact, last, rss }) => sum + Math.min((exact ?? last)?.pss ?? rss, rss), 0);
}
