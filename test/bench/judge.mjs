import { under } from './mark.mjs';
import { folder, runScript } from './measure.mjs';
import { writeRules } from './rules.mjs';

/** What judging one snapshot costs when every window is full. */
export async function measure() {
  const { rules, processes, ms } = runScript('judge-loop.mjs', [writeRules(folder, '30m')]);
  const what = `judge: ${rules} rules over ${processes} processes, CPU for each snapshot`;
  return [under(what, ms, { mark: 5, unit: 'ms' })];
}
