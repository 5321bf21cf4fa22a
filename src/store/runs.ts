import { ageOf, type KeptRun, type Moment, type RunStore } from '../core/runs.ts';
import type { Database } from './database.ts';

/** What no rule asked for in so long, ms, is forgotten: its limit may be gone. */
const LONGEST = 90 * 86_400_000;

/** Keeps what counts against limits in a database. What it throws is what the database throws. */
export function runStore(database: Database, now: () => Moment): RunStore {
  return {
    load: () => load(database, now()),
    add(key, lineage) {
      const { boot, uptime, time } = now();
      const put = 'INSERT INTO runs (limited, lineage, boot, uptime, time) VALUES (?, ?, ?, ?, ?) RETURNING id';
      const values = [key, lineage, boot, Math.round(uptime), Math.round(time)] as const;
      // What is begun next is on the disk before it is done, and this with it.
      const [row] = database.transaction(() => database.prepare(put).all(...values), 'soon');
      return Number(row?.id);
    },
    remove(ids) {
      const drop = database.prepare('DELETE FROM runs WHERE id = ?');
      database.transaction(() => {
        for (const id of ids) drop.run(id);
      }, 'soon');
    },
  };
}

function load(database: Database, now: Moment): KeptRun[] {
  const rows = database.prepare('SELECT * FROM runs ORDER BY id').all();
  const runs = rows.map(({ id, limited, lineage, boot, uptime, time }) => ({
    id: Number(id),
    key: String(limited),
    lineage: String(lineage),
    age: ageOf({ boot: String(boot), uptime: Number(uptime), time: Number(time) }, now),
  }));
  const old = runs.filter(({ age }) => age > LONGEST);
  for (const { id } of old) database.prepare('DELETE FROM runs WHERE id = ?').run(id);
  // After a boot the older may look the younger: by age, as they are counted.
  return runs.filter(({ age }) => age <= LONGEST).sort((a, b) => b.age - a.age);
}
