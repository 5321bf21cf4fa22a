import { deserialize, serialize } from 'node:v8';
import type { SavedAlert, SavedClock, SavedMemory, SavedTarget, StateChange, StateStore } from '../core/saved/types.ts';
import type { SavedServices } from '../core/trend/services.ts';
import type { Database } from './database.ts';

/** Of what is kept: whatever was written in another is left out. */
const FORMAT = 1;

/** In place: a row that is made anew would dirty three times as many pages. */
const PUT_BLOCK =
  'INSERT INTO histories VALUES (?, ?, ?) ON CONFLICT (rule, target) DO UPDATE SET data = excluded.data';

/** Keeps what judging remembers in a database. */
export function stateStore(database: Database): StateStore {
  return {
    load: () => load(database),
    save(change, work) {
      database.transaction(
        () => {
          work();
          write(database, change);
        },
        change.urgent ? 'now' : 'soon',
      );
    },
  };
}

function load(database: Database): SavedMemory | undefined {
  const clock = note<SavedClock>(database, 'clock');
  if (clock === undefined) return undefined;
  const alerts = database.prepare('SELECT data FROM alerts').all();
  return {
    clock,
    alerts: alerts.flatMap(({ data }) => readJson<SavedAlert>(data) ?? []),
    targets: targetsOf(database),
    services: note<SavedServices>(database, 'services') ?? [],
  };
}

/** Rule by rule: all of them at once may be many. */
function* targetsOf(database: Database): Generator<SavedTarget> {
  const rules = database.prepare('SELECT DISTINCT rule FROM histories').all();
  const read = database.prepare('SELECT data FROM histories WHERE rule = ?');
  for (const { rule } of rules) {
    for (const { data } of read.all(rule ?? '')) {
      const saved = readBlock(data);
      if (saved) yield saved;
    }
  }
}

function write(database: Database, { clock, alerts, ended, targets, gone, services }: StateChange): void {
  keepNote(database, 'clock', clock);
  if (services) keepNote(database, 'services', services);
  // What ended goes first: another may have its place by now.
  const dropAlert = database.prepare('DELETE FROM alerts WHERE rule = ? AND target = ?');
  for (const { rule, target } of ended ?? []) dropAlert.run(rule, target);
  const putAlert = database.prepare('INSERT OR REPLACE INTO alerts VALUES (?, ?, ?)');
  for (const alert of alerts ?? []) putAlert.run(alert.rule.key, alert.target, writeJson(alert));
  const dropBlock = database.prepare('DELETE FROM histories WHERE rule = ? AND target = ?');
  for (const { rule, target } of gone ?? []) dropBlock.run(rule, target);
  const putBlock = database.prepare(PUT_BLOCK);
  for (const saved of targets ?? []) putBlock.run(saved.rule, saved.target, writeBlock(saved));
}

/** What was kept under a name; undefined where nothing was, or in another format. */
export function note<T>(database: Database, name: string): T | undefined {
  const [row] = database.prepare('SELECT data FROM notes WHERE name = ?').all(name);
  return row && readJson<T>(row.data);
}

/** Keeps plain data under a name. */
export function keepNote(database: Database, name: string, data: unknown): void {
  database.prepare('INSERT OR REPLACE INTO notes VALUES (?, ?)').run(name, writeJson(data));
}

/** Plain data with the format it is in. */
export function writeJson(data: unknown): string {
  return JSON.stringify({ format: FORMAT, data });
}

/** What `writeJson` wrote; undefined for what is damaged, or in another format. */
export function readJson<T>(text: unknown): T | undefined {
  try {
    const { format, data } = JSON.parse(String(text)) as { format: number; data: T };
    return format === FORMAT ? data : undefined;
  } catch {
    return undefined;
  }
}

/** The structured clone algorithm's own form: typed arrays stay what they are, and infinite numbers too. */
function writeBlock(saved: SavedTarget): Uint8Array {
  try {
    return serialize({ format: FORMAT, saved });
  } catch {
    // What a condition noted can't be kept: it finds it again.
    const levels = saved.histories.levels.map((one) => one && { ...one, note: undefined });
    return serialize({ format: FORMAT, saved: { ...saved, histories: { ...saved.histories, levels } } });
  }
}

function readBlock(data: unknown): SavedTarget | undefined {
  try {
    const { format, saved } = deserialize(data as Uint8Array) as { format: number; saved: SavedTarget };
    return format === FORMAT ? saved : undefined;
  } catch {
    return undefined;
  }
}
