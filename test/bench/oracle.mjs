import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { noted, under } from './mark.mjs';
import { folder } from './measure.mjs';

const SNAPSHOTS = 5_000;
const TEST = ['test/simulation/oracle', '-t', 'through files'];

/** A hundred rules over a made-up host, judged by who reads everybody and by who reads only what they depend on: the test of the suite, for longer. */
export function measure() {
  const file = join(folder, 'outcome.json');
  const command = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/vitest.config.ts', ...TEST];
  spawnSync(process.execPath, command, {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: { ...process.env, PSSTOP_SNAPSHOTS: String(SNAPSHOTS), PSSTOP_OUTCOME: file },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const { differences, wrong, undecided, events, readings } = JSON.parse(readFileSync(file, 'utf8'));
  const what = `oracle: ${SNAPSHOTS} snapshots, 100 rules, ${events} events`;
  return [
    none(`${what}: decided differently`, differences.length),
    none(`${what}: bounds that the truth lies outside of`, wrong.length),
    none(`${what}: left undecided`, undecided),
    noted(`${what}: readings, of those that the oracle made`, (100 * readings.led) / readings.oracle, '%'),
  ];
}

function none(what, count) {
  return under(what, count, { mark: 1, unit: 'in all', digits: 0 });
}
