import { under } from './mark.mjs';
import { runScript } from './measure.mjs';

/** What the embedded history takes and costs: a month of a usual host, and an hour of one that is read at every snapshot. */
export function* measure() {
  const month = runScript('history-loop.mjs', [30, 200, 15]);
  const lives = `${month.tracks} lives and sums, ${(month.readings / 1e6).toFixed(1)} million readings`;
  yield under(`history: 30 days of 200 processes at 15 s (${lives})`, month.megabytes, {
    mark: 60,
    unit: 'MB',
    digits: 1,
  });
  const busy = runScript('history-loop.mjs', [2 / 24, 1_000, 5]);
  yield under('history: CPU for a snapshot of 1,000 readings', busy.cpu, { mark: 25, unit: 'ms' });
  yield under('history: the longest that it holds the watchdog up', busy.longest, { mark: 100, unit: 'ms', digits: 1 });
}
