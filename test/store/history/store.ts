import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HistoryReader } from '../../../src/core/history/read.ts';
import type { Snapshot } from '../../../src/core/types.ts';
import { historyFile } from '../../../src/store/history/file.ts';
import { HistoryKeeper } from '../../../src/store/history/keeper.ts';
import { openHistory } from '../../../src/store/history/reader.ts';
import type { Retention } from '../../../src/store/history/retain.ts';

/** Enough for whatever a test writes. */
export const PLENTY: Retention = { age: 400 * 86_400_000, size: 2 ** 30 };

/** A state folder with a history that a test writes. */
export interface Written {
  readonly folder: string;
  readonly keeper: HistoryKeeper;
  readonly told: string[];
  play(snapshots: Iterable<Snapshot>): void;
  dispose(): void;
}

/** A new folder. */
export function stateFolder(): string {
  return mkdtempSync(join(tmpdir(), 'psstop-history-'));
}

/** Begins to write a history, or goes on with one. */
export async function writeHistory(folder: string = stateFolder(), retention: Retention = PLENTY): Promise<Written> {
  const told: string[] = [];
  const file = await historyFile(folder, { notice: (message) => told.push(message) });
  const keeper = new HistoryKeeper(file, { retention, report: (_, message) => told.push(message) });
  return {
    folder,
    keeper,
    told,
    play(snapshots) {
      for (const snapshot of snapshots) {
        keeper.take(snapshot);
        keeper.work();
      }
    },
    dispose() {
      keeper.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Reads a history as another process would. */
export async function reading<T>(folder: string, use: (reader: HistoryReader) => T | Promise<T>): Promise<T> {
  const reader = await openHistory(folder);
  try {
    return await use(reader);
  } finally {
    reader.close();
  }
}

/** All that a source has. */
export async function all(source: AsyncIterable<Snapshot>): Promise<Snapshot[]> {
  const snapshots: Snapshot[] = [];
  for await (const snapshot of source) snapshots.push(snapshot);
  return snapshots;
}
