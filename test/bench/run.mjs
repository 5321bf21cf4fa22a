/**
 * `npm run bench [PART...]`: what psstop costs, as ratios to a C program measured beside it in the same run, and as sizes. CPU time
 * wherever it can be, medians, in turn with what it is compared to. Exits with 1 when a mark is missed.
 */
import { runAlone } from './alone.mjs';

const PARTS = [
  'list',
  'start',
  'sampler',
  'daemon',
  'scale',
  'harm',
  'judge',
  'growth',
  'size',
  'history',
  'peers',
  'oracle',
];

process.exitCode = runAlone() ?? (await runParts(process.argv.slice(2)));

async function runParts(asked) {
  const unknown = asked.find((part) => !PARTS.includes(part));
  if (unknown !== undefined) {
    console.error(`there is no part "${unknown}"; the parts are ${PARTS.join(', ')}`);
    return 2;
  }
  let missed = 0;
  for (const part of asked.length > 0 ? asked : PARTS) {
    const { measure } = await import(`./${part}.mjs`);
    for await (const result of await measure()) {
      if (!result.ok) missed += 1;
      console.log(line(result));
    }
  }
  console.log(missed === 0 ? 'all marks are met' : `${missed} missed`);
  return missed === 0 ? 0 : 1;
}

function line({ what, figure, mark, ok }) {
  return `${what.padEnd(78)} ${figure.padStart(10)}  ${mark.padEnd(10)} ${ok ? 'ok' : 'MISSED'}`;
}
