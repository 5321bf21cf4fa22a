import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OutboxEntry } from '../../src/core/outbox/types.ts';
import { openStore, type Store } from '../../src/store/open.ts';
import { outboxStore } from '../../src/store/outbox.ts';
import { alertEvent } from '../actions/event.ts';

let folder: string;
let store: Store;

const open = async (): Promise<Store> => openStore(folder, { notice: () => undefined });

/** What another run of the program finds. */
async function reopened(now = () => NOW) {
  store.close();
  store = await open();
  return outboxStore(store.database, now).load();
}

const NOW = 1_800_000_000_000;

function entry(id: number, changes: Partial<OutboxEntry> = {}): OutboxEntry {
  const { id: event, alert, kind, rule } = alertEvent();
  const names = { event, alert, kind, rule, step: 'mail', receiver: 'ops-mail' };
  return { id, ...names, since: NOW, due: NOW, attempts: 0, begun: false, ...changes };
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'psstop-outbox-'));
  store = await open();
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

describe('an outbox in a database', () => {
  it('gives back what was put into it, in its order, with what has changed of it', async () => {
    const outbox = outboxStore(store.database);
    const [first, second] = [alertEvent(), alertEvent({ id: 'second', kind: 'resolved', message: 'ü\u202e\0' })];
    outbox.put(entry(7, { event: second.id, kind: 'resolved', step: 'x' }), second);
    outbox.put(entry(3), first);
    outbox.put(entry(3, { due: NOW + 5000, attempts: 2, begun: true }), first);
    expect(await reopened()).toEqual({
      entries: [
        { entry: entry(3, { due: NOW + 5000, attempts: 2, begun: true }), event: first },
        { entry: entry(7, { event: second.id, kind: 'resolved', step: 'x' }), event: second },
      ],
      told: [],
    });
  });

  it('keeps an event once for all receivers, and as long as one of them waits for it', async () => {
    const outbox = outboxStore(store.database);
    const count = (): unknown => store.database.prepare('SELECT count(*) AS n FROM outbox_events').all()[0]?.n;
    outbox.put(entry(1), alertEvent());
    outbox.put(entry(2, { receiver: 'chat' }), alertEvent());
    expect(count()).toBe(1);
    outbox.remove(1);
    expect((await reopened()).entries.map(({ entry: { id } }) => id)).toEqual([2]);
    outboxStore(store.database).remove(2);
    outboxStore(store.database).remove(2);
    expect(count()).toBe(0);
  });

  it('keeps who was told, until that is over or nobody can remember it', async () => {
    const outbox = outboxStore(store.database);
    const told = { alert: 'a', rule: 'r', step: 'mail', receiver: 'ops-mail', since: NOW };
    outbox.tell(told);
    outbox.tell({ ...told, receiver: 'chat', event: alertEvent() });
    outbox.tell({ ...told, alert: 'b' });
    outbox.tell({ ...told, alert: 'old', since: NOW - 91 * 86_400_000 });
    outbox.forget({ ...told, alert: 'b' });
    expect((await reopened()).told).toEqual([{ ...told, receiver: 'chat', event: alertEvent() }]);
  });

  it('writes what belongs together as one', async () => {
    const outbox = outboxStore(store.database);
    expect(() =>
      outbox.together(() => {
        outbox.put(entry(1), alertEvent());
        throw new Error('the second failed');
      }),
    ).toThrow('the second failed');
    expect((await reopened()).entries).toEqual([]);
  });
});
