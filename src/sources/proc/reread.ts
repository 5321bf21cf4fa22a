import type { Budget } from '../../core/budget.ts';
import type { ExactReading, UnreadReason } from '../../core/types.ts';
import type { ReadOutcome } from './backlog.ts';
import { BIG, FIELD } from './layout.ts';
import type { Readings } from './readings.ts';
import { reasonFor, toReading } from './sample.ts';
import { type ProcessTable, startOf } from './table.ts';
import type { HostTime } from './time.ts';

/** What a reading between two snapshots needs. */
export interface RereadOptions {
  readonly root: string;
  readonly readings: Readings;
  readonly table: ProcessTable;
  readonly budget: Budget;
  readonly time: HostTime;
}

/** Reads one process now, whatever that costs it: it is charged, and not refused. Resolves with why not where it can't be read. */
export async function reread(
  { pid, start }: { pid: number; start: number },
  { root, readings, table, budget, time }: RereadOptions,
): Promise<ExactReading | UnreadReason> {
  const entry = table.get(pid, start);
  const lives = () => (entry ? table.lives(entry) : startOf(root, pid) === start);
  if (!lives()) return 'gone';
  time.follow();
  const job = { pid, flags: BIG, rss: entry?.rss ?? 0 };
  const { outcome, reading, took } = await new Promise<Answer>((resolve) =>
    readings.submit({ ...job, settle: (ended, fields) => resolve(answerOf(ended, fields, time)) }),
  );
  budget.spend(took, { rss: reading ? job.rss : undefined, account: entry?.account });
  if (entry && reading) entry.last = reading;
  if (outcome === 'gone' || !lives()) return 'gone';
  return reading ?? reasonFor(outcome);
}

interface Answer {
  readonly outcome: ReadOutcome;
  readonly reading: ExactReading | undefined;
  /** ms */
  readonly took: number;
}

/** The record is reused as soon as this returns. */
function answerOf(outcome: ReadOutcome, fields: Float64Array | undefined, time: HostTime): Answer {
  const reading = fields && outcome === 'ok' ? toReading(fields, time.uptimeAt) : undefined;
  return { outcome, reading, took: fields?.[FIELD.took] ?? 0 };
}
