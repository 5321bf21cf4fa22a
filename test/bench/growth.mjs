import { under } from './mark.mjs';
import { compile, folder, runScript, withCrowd } from './measure.mjs';
import { writeRules } from './rules.mjs';

/** Bytes that a leak of one small object for each process that went would come to many times over. */
const HEAP = { mark: 1, unit: 'MiB' };

/** What is kept for good of processes that are gone: live objects, and anonymous memory, after a warm-up and at the end. */
export async function measure() {
  const results = [];
  const tell = ({ snapshots, ended, heap, anonymous }, of) => {
    const what = `growth: ${of}, ${snapshots} snapshots, ${ended} processes ended:`;
    results.push(
      under(`${what} live heap`, heap, HEAP),
      under(`${what} anonymous`, anonymous, { mark: 2, unit: 'MiB' }),
    );
  };
  const rules = writeRules(folder, '10m');
  tell(runScript('growth-loop.mjs', ['made-up', rules, 100_000], ['--expose-gc']), 'made-up');
  const crowd = compile('crowd');
  const read = () => runScript('growth-loop.mjs', ['proc', writeRules(folder, '10s'), 400], ['--expose-gc']);
  tell(await withCrowd(crowd, { count: 300, churn: 20 }, read), '/proc');
  return results;
}
