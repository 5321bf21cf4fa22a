import { noted, under } from './mark.mjs';
import { folder, runScript } from './measure.mjs';
import { writeHeavyRules, writeRules } from './rules.mjs';

/** What judging one snapshot costs when every window is full. */
export async function measure() {
  const cost = (rules) => runScript('judge-loop.mjs', [rules]);
  const usual = cost(writeRules(folder, '30m'));
  const heavy = cost(writeHeavyRules(folder, '30m'));
  const what = `judge: the shipped rules and 91 for services over ${usual.processes} processes, CPU a snapshot`;
  return [
    under(what, usual.ms, { mark: 5, unit: 'ms' }),
    noted('judge: 100 rules of which ten look at every process, four one by one', heavy.ms, 'ms'),
  ];
}
