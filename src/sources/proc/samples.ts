import type { HostMemory, ProcessSample } from '../../core/types.ts';
import type { CeilingLookup } from './ceiling.ts';
import type { DraftSample, Entry, EntryContext } from './entry.ts';
import { draftOf, isDenied, mostSwapped } from './sample.ts';
import type { ProcessTable } from './table.ts';

/** The samples of one snapshot after another. */
export interface Samples {
  /** One for each process that has memory, with its bounds. */
  draw(memory: HostMemory): DraftSample[];
  /** Who stands behind a sample that was drawn last; undefined for any other. */
  readonly entryOf: (sample: ProcessSample) => Entry | undefined;
  /** Everything was read. @returns how many were, and who is left: those who ended meanwhile are forgotten. */
  settle(samples: DraftSample[], inDoubt: (pid: number) => boolean): { exact: number; left: DraftSample[] };
}

/** Draws the samples of the processes in a table. Hot. */
export function samplesOf({
  context,
  table,
  ceiling,
}: {
  context: EntryContext;
  table: ProcessTable;
  ceiling: CeilingLookup;
}): Samples {
  const { root, details } = context;

  function draw(memory: HostMemory): DraftSample[] {
    const swapped = Math.max(0, memory.swapTotal - memory.swapFree);
    const at = { now: context.uptime, total: memory.total };
    const samples: DraftSample[] = [];
    table.each((entry) => {
      const narrowed = swapped > 0 && (entry.swapAsked > 0 || isDenied(entry));
      const swap = narrowed ? Math.min(swapped, mostSwapped(entry, root)) : swapped;
      if (entry.swapAsked > 0) entry.swapAsked--;
      const most = details.ceiling && entry.cgroup ? ceiling(entry.cgroup.memory, at) : undefined;
      entry.sample = draftOf(entry, context, { swap, ceiling: most });
      samples.push(entry.sample);
    });
    return samples;
  }

  function entryOf(sample: ProcessSample): Entry | undefined {
    const entry = table.get(sample.process.pid, sample.process.start);
    return entry?.sample === sample ? entry : undefined;
  }

  /** A figure belongs to the process that was looked at only if its pid was not given to another one in between. */
  function disown(sample: DraftSample): void {
    const entry = entryOf(sample);
    if (entry && table.lives(entry)) return;
    delete sample.exact;
    sample.unread = 'gone';
  }

  function bury(sample: DraftSample): void {
    const entry = entryOf(sample);
    if (entry) table.forget(entry);
  }

  function settle(samples: DraftSample[], inDoubt: (pid: number) => boolean): { exact: number; left: DraftSample[] } {
    let exact = 0;
    let gone = 0;
    samples.forEach((sample) => {
      if (sample.exact !== undefined && inDoubt(sample.process.pid)) disown(sample);
      if (sample.exact !== undefined) exact++;
      if (sample.unread !== 'gone') return;
      bury(sample);
      gone++;
    });
    return { exact, left: gone === 0 ? samples : samples.filter(({ unread }) => unread !== 'gone') };
  }

  return { draw, entryOf, settle };
}
