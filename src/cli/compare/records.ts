import { snapshotChecker } from '../../config/check-snapshot.ts';
import { type GatherOptions, gather, type NamedRun } from '../../core/compare/runs.ts';
import type { Source } from '../../core/types.ts';
import { RecordingError, readRecording } from '../../sources/recording/read.ts';
import type { Given } from '../options.ts';
import { warn } from '../warn.ts';
import { Failure, type World } from '../world.ts';
import type { Side } from './sides.ts';

/** How the records of a side become runs. */
export interface Reading extends Omit<GatherOptions, 'only' | 'since'> {
  readonly matches: (name: string) => boolean;
  readonly given: Given;
  readonly world: World;
}

/** All runs of one side. @throws Failure where a record can't be read, or there is no history. */
export function runsOf(side: Side, reading: Reading): Promise<readonly NamedRun[]> {
  return side.kind === 'recordings' ? recordedRuns(side.files, reading) : storedRuns(side, reading);
}

async function recordedRuns(files: readonly string[], reading: Reading): Promise<readonly NamedRun[]> {
  const { world, matches } = reading;
  const notice = (message: string): void => warn(world, message);
  const check = snapshotChecker();
  const runs: NamedRun[] = [];
  for (const file of files) {
    const source = readRecording({ file, check, notice });
    runs.push(...(await gathered(source, { ...reading, only: ({ name }) => matches(name) })));
  }
  return runs;
}

async function storedRuns(
  side: Exclude<Side, { readonly kind: 'recordings' }>,
  reading: Reading,
): Promise<readonly NamedRun[]> {
  const { openStoredHistory } = await import('../history/history.ts');
  const history = await openStoredHistory(reading.given, reading.world);
  const period = side.kind === 'period' ? side.period : {};
  const chosen = side.kind === 'processes' ? side.only : () => true;
  try {
    return await gathered(history.snapshots(period), {
      ...reading,
      only: (process) => reading.matches(process.name) && chosen(process),
      ...(period.since !== undefined && { since: period.since }),
    });
  } finally {
    history.close();
  }
}

async function gathered(source: Source, options: GatherOptions): Promise<readonly NamedRun[]> {
  const gathering = gather(options);
  try {
    for await (const snapshot of source) gathering.add(snapshot);
  } catch (error) {
    if (error instanceof RecordingError) throw new Failure(error.message);
    throw error;
  }
  return gathering.runs;
}
