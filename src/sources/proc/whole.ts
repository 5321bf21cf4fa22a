import type { ProcessSample } from '../../core/types.ts';
import type { DraftSample, Entry } from './entry.ts';
import type { Readings } from './readings.ts';
import { noteLoad, settleSample } from './sample.ts';
import type { ProcessTable } from './table.ts';

/** What reading everybody needs. */
export interface WholeOptions {
  readonly root: string;
  /** Whether CPU time and threads are to be as of now, too. */
  readonly load: boolean;
  readonly readings: Readings;
  readonly table: ProcessTable;
  /** Who stands behind a sample. */
  entryOf(sample: ProcessSample): Entry | undefined;
}

/** Reads all of these, as far as they can be read. */
export async function readEverybody(samples: readonly DraftSample[], options: WholeOptions): Promise<void> {
  const { root, load, readings, table, entryOf } = options;
  const wanted: { sample: DraftSample; entry: Entry }[] = [];
  for (const sample of samples) {
    const entry = sample.exact === undefined ? entryOf(sample) : undefined;
    if (entry === undefined) continue;
    if (load && table.refresh(entry)) noteLoad(sample, entry);
    wanted.push({ sample, entry });
  }
  await readings.read(wanted.map(({ entry }) => entry));
  for (const { sample, entry } of wanted) settleSample(sample, entry, root);
}
