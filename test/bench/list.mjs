import { under } from './mark.mjs';
import { compile, cpuOf, interleave, PROGRAM, withCrowd } from './measure.mjs';
import { median } from './median.mjs';

const [FEW, SOME, MANY] = [100, 1_000, 3_000];
/** The crowds come and go several times, so that neither meets all of a bad moment. */
const BLOCKS = 7;
const ROUNDS = 7;

/** What `psstop` costs beside a C program that opens, reads and closes the same files. */
export async function measure() {
  const [cost, crowd, rollup] = ['cost', 'crowd', 'rollup'].map(compile);
  const list = () => cpuOf(cost, [process.execPath, PROGRAM]);
  const loop = () => cpuOf(cost, [rollup]);
  const seen = new Map([FEW, SOME, MANY].map((count) => [count, { list: [], loop: [] }]));
  for (let block = 0; block < BLOCKS; block += 1) {
    for (const [count, { list: lists, loop: loops }] of seen) {
      const [ours, theirs] = await withCrowd(crowd, { count }, () => interleave(ROUNDS, [list, loop]));
      lists.push(...ours);
      loops.push(...theirs);
    }
  }
  const of = (count, whose) => median(seen.get(count)[whose]);
  const slope = (whose) => ((of(MANY, whose) - of(FEW, whose)) / (MANY - FEW)) * 1e3;
  const shown = (ours, theirs, unit) => `(${ours.toFixed(0)} against ${theirs.toFixed(0)} ${unit} of CPU)`;
  const [ours, theirs] = [slope('list'), slope('loop')];
  const [whole, least] = [of(SOME, 'list'), of(SOME, 'loop')];
  return [
    under(`list: each process more, from ${FEW} to ${MANY} ${shown(ours, theirs, 'us')}`, ours / theirs, {
      mark: 1.4,
      unit: 'x',
    }),
    under(`list: all of ${SOME} processes ${shown(whole, least, 'ms')}`, whole / least, { mark: 4.4, unit: 'x' }),
  ];
}
