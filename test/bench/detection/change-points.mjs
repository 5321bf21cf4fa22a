/**
 * `node test/bench/detection/change-points.mjs FOLDER`: how the comparison of builds does on series in which people marked where they
 * change. FOLDER is a clone of github.com/alan-turing-institute/TCPD (van den Burg and Williams 2020; no data of it is kept here). At
 * each change on which three of the five agree, the eight values before are held against the three after it, up and down; and so are
 * those of stretches without any mark. Its series hang together from value to value, as runs of a build do not.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareFigures } from '../../../build/core/trend/generations.js';

const OLD = 8;
const NEW = 3;
/** Marks so near to each other mean the same change. */
const NEAR = 5;
const AGREE = 3;
/** Smaller changes are within what builds may differ by. */
const LEAST = 0.15;

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('Which folder holds the clone of TCPD?');
const read = (path) => JSON.parse(readFileSync(join(folder, path), 'utf8'));
const counts = { found: 0, missed: 0, false: 0, quiet: 0 };

for (const [name, people] of Object.entries(read('annotations.json'))) {
  const path = `datasets/${name}/${name}.json`;
  const values = existsSync(join(folder, path)) ? read(path).series : [];
  // Some are not free to copy, some have several dimensions.
  if (values.length !== 1 || values[0].raw.some((value) => !(value > 0))) continue;
  judge(name, values[0].raw, Object.values(people));
}
console.log(counts);

function judge(name, values, people) {
  const marks = people.flat().sort((one, other) => one - other);
  let last = Number.NEGATIVE_INFINITY;
  for (const mark of marks) {
    const agreed = people.filter((own) => own.some((other) => Math.abs(other - mark) <= NEAR)).length >= AGREE;
    if (!agreed || mark - last <= NEAR || mark < OLD || mark + NEW > values.length) continue;
    last = mark;
    noteChange(name, values, mark);
  }
  if (people.filter((own) => own.length === 0).length < AGREE) return;
  for (let from = 0; from + OLD + NEW <= values.length; from += OLD + NEW) {
    if (marks.some((mark) => mark > from - NEAR && mark < from + OLD + NEW + NEAR)) continue;
    counts[differ(values, from + OLD) ? 'false' : 'quiet'] += 1;
  }
}

function noteChange(name, values, mark) {
  const { more } = compareFigures(values.slice(mark - OLD, mark), values.slice(mark, mark + NEW));
  if (Math.abs(more) < LEAST) return;
  const found = differ(values, mark);
  counts[found ? 'found' : 'missed'] += 1;
  console.log(`${name} at ${mark}: ${(100 * more).toFixed(0)} %, ${found ? 'found' : 'missed'}`);
}

/** Whether there is more, or less, after a place than before it. */
function differ(values, place) {
  const [before, after] = [values.slice(place - OLD, place), values.slice(place, place + NEW)];
  return [
    [before, after],
    [after, before],
  ].some(([old, recent]) => compareFigures(old, recent).verdict === 'regression');
}
