import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '../../build/store/open.js';

/** Keeps a state folder busy: `count` counts in two rows and says how far it came; `fill` fills the disk; `try` opens it. */
const [folder = '', what] = process.argv.slice(2);

if (what === 'try') {
  const error = await openStore(folder, { notice: () => undefined }).catch((thrown) => thrown);
  console.log(JSON.stringify({ fault: error.fault }));
} else {
  const { database } = await openStore(folder, { notice: (message) => console.error(message) });
  const put = database.prepare('INSERT OR REPLACE INTO notes VALUES (?, ?)');
  const numberOf = (name) => Number(database.prepare('SELECT data FROM notes WHERE name = ?').all(name)[0]?.data ?? 0);
  const keep = (name, data) => database.transaction(() => put.run(name, data));
  if (what === 'count') count(database, put, numberOf('a'));
  else fill(keep, numberOf);
}

function count(database, put, from) {
  process.send?.(from);
  let next = from;
  setInterval(() => {
    next += 1;
    database.transaction(() => {
      put.run('a', String(next));
      put.run('b', String(next));
    });
    process.send?.(next);
  }, 0);
}

function fill(keep, numberOf) {
  keep('kept', '7');
  writeFileSync(join(folder, 'ballast'), 'x'.repeat(100_000));
  let fault;
  for (let index = 0; index < 2_000 && fault === undefined; index += 1) {
    try {
      keep(`name ${index}`, 'x'.repeat(1_000));
    } catch (error) {
      fault = error.fault;
    }
  }
  const kept = numberOf('kept') === 7;
  rmSync(join(folder, 'ballast'));
  keep('again', '8');
  console.log(JSON.stringify({ fault, kept, again: numberOf('again') === 8 }));
}
