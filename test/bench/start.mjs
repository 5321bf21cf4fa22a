import { under } from './mark.mjs';
import { compile, PROGRAM, startUntil, withCrowd } from './measure.mjs';
import { median } from './median.mjs';

const PROCESSES = 300;
const ROUNDS = 11;

/** Wall time, as the user feels it: the one figure here that a busy machine spoils. */
export async function measure() {
  const crowd = compile('crowd');
  const times = await withCrowd(crowd, { count: PROCESSES }, async () => {
    const figures = [];
    for (let round = 0; round < ROUNDS; round += 1) figures.push(await firstTable());
    return figures;
  });
  return [
    under(`start: watch to the end of its first table at ${PROCESSES} processes (wall time)`, median(times), {
      mark: 300,
      unit: 'ms',
      digits: 0,
    }),
  ];
}

async function firstTable() {
  const began = performance.now();
  const watch = await startUntil([process.execPath, PROGRAM, 'watch'], /^ Total number of processes/m);
  const took = performance.now() - began;
  await watch.end();
  return took;
}
