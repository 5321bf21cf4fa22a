import { noted, under } from './mark.mjs';
import { folder, runScript } from './measure.mjs';
import { median } from './median.mjs';
import { writeHeavyRules, writeRules } from './rules.mjs';

/** What judging one snapshot costs when every window is full. */
export async function measure() {
  // Three starts of Node: what the compiler makes of one may be a third slower than of the next.
  const cost = (rules) => {
    const runs = [1, 2, 3].map(() => runScript('judge-loop.mjs', [rules]));
    return { ...runs[0], ms: median(runs.map(({ ms }) => ms)) };
  };
  const usual = cost(writeRules(folder, '30m'));
  const heavy = cost(writeHeavyRules(folder, '30m'));
  const what = `judge: the shipped rules and 91 for services over ${usual.processes} processes, CPU a snapshot`;
  return [
    under(what, usual.ms, { mark: 5, unit: 'ms' }),
    noted('judge: 100 rules of which ten look at every process, four one by one', heavy.ms, 'ms'),
  ];
}
