import { snapshotChecker } from '../../config/check-snapshot.ts';
import { type GatherOptions, gather, type NamedRun } from '../../core/compare/runs.ts';
import type { Source } from '../../core/types.ts';
import { RecordingError, readRecording } from '../../sources/recording/read.ts';
import type { Given } from '../options.ts';
import { Failure, UsageError, type World } from '../world.ts';
import type { Side } from './sides.ts';

/** How the records of a side become runs. */
export interface Reading extends Omit<GatherOptions, 'only'> {
  readonly matches: (name: string) => boolean;
  readonly given: Given;
  readonly world: World;
}

/** All runs of one side. @throws Failure where a record can't be read. */
export async function runsOf(side: Side, reading: Reading): Promise<NamedRun[]> {
  if (side.kind !== 'recordings') throw new UsageError('only recordings can be compared');
  const { world, matches } = reading;
  const notice = (message: string): void => void world.stderr.write(`psstop: ${message}\n`);
  const check = snapshotChecker();
  const runs: NamedRun[] = [];
  for (const file of side.files) {
    const source = readRecording({ file, check, notice });
    runs.push(...(await gathered(source, { ...reading, only: ({ name }) => matches(name) })));
  }
  return runs;
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
