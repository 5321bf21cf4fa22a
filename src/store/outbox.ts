import type { OutboxEntry, OutboxStore, SavedOutbox, Told } from '../core/outbox/types.ts';
import type { AlertEvent } from '../core/types.ts';
import type { Database } from './database.ts';
import type { Row } from './driver.ts';

/** Of an alert that never ended, as far as anybody knows, who was told is forgotten after so long, ms. */
const LONGEST_ALERT = 90 * 86_400_000;

/** Keeps an outbox in a database. What it throws is what the database throws. */
export function outboxStore(database: Database, now: () => number = Date.now): OutboxStore {
  return {
    load: () => load(database, now()),
    together: (work) => database.transaction(work),
    put: (entry, event) => {
      const { id, due, attempts, begun } = entry;
      const change = database.prepare('UPDATE outbox SET due = ?, attempts = ?, begun = ? WHERE id = ?');
      const known = (): boolean => change.run(due, attempts, Number(begun), id) > 0;
      // That something begins which must not be done twice is on the disk before it is done.
      if (database.transaction(known, begun ? 'now' : 'soon')) return;
      database.transaction(() => insert(database, entry, event));
    },
    remove: (id) => {
      // Should the power fail before this is on the disk, the receiver gets it again, with the same id.
      database.transaction(() => remove(database, id), 'soon');
    },
    tell: ({ alert, rule, step, receiver, since, event }) => {
      const data = event === undefined ? null : JSON.stringify(event);
      const put = database.prepare('INSERT OR REPLACE INTO outbox_told VALUES (?, ?, ?, ?, ?, ?)');
      put.run(alert, rule, step, receiver, since, data);
    },
    forget: ({ alert, rule, step }) => {
      database.prepare('DELETE FROM outbox_told WHERE alert = ? AND rule = ? AND step = ?').run(alert, rule, step);
    },
  };
}

function insert(database: Database, entry: OutboxEntry, event: AlertEvent): void {
  const { id, rule, step, receiver, since, due, attempts, begun } = entry;
  const known = database.prepare('SELECT 1 FROM outbox_events WHERE id = ?').all(event.id).length > 0;
  if (!known) database.prepare('INSERT INTO outbox_events VALUES (?, ?)').run(event.id, JSON.stringify(event));
  const put = database.prepare('INSERT INTO outbox VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  put.run(id, event.id, rule, step, receiver, since, due, attempts, Number(begun));
}

function remove(database: Database, id: number): void {
  const [row] = database.prepare('SELECT event FROM outbox WHERE id = ?').all(id);
  if (row === undefined) return;
  database.prepare('DELETE FROM outbox WHERE id = ?').run(id);
  const event = row.event ?? '';
  const orphan = 'DELETE FROM outbox_events WHERE id = ? AND NOT EXISTS (SELECT 1 FROM outbox WHERE event = ?)';
  database.prepare(orphan).run(event, event);
}

function load(database: Database, now: number): SavedOutbox {
  database.prepare('DELETE FROM outbox_told WHERE since < ?').run(now - LONGEST_ALERT);
  const rows = database.prepare('SELECT * FROM outbox ORDER BY id').all();
  const told = database.prepare('SELECT * FROM outbox_told').all();
  const events = new Map<unknown, AlertEvent>();
  for (const { id, data } of database.prepare('SELECT id, data FROM outbox_events').all()) {
    events.set(id, JSON.parse(String(data)) as AlertEvent);
  }
  return {
    entries: rows.flatMap((row) => {
      const event = events.get(row.event);
      return event === undefined ? [] : [{ entry: entryOf(row, event), event }];
    }),
    told: told.map(toldOf),
  };
}

function entryOf(row: Row, { id: event, alert, kind }: AlertEvent): OutboxEntry {
  const { id, rule, step, receiver, since, due, attempts, begun } = row;
  return {
    ...{ event, alert, kind, rule: String(rule), step: String(step), receiver: String(receiver) },
    ...{ id: Number(id), since: Number(since), due: Number(due), attempts: Number(attempts), begun: begun === 1 },
  };
}

function toldOf({ alert, rule, step, receiver, since, event }: Row): Told {
  const names = { alert: String(alert), rule: String(rule), step: String(step), receiver: String(receiver) };
  const told = event === null ? {} : { event: JSON.parse(String(event)) as AlertEvent };
  return { ...names, since: Number(since), ...told };
}
