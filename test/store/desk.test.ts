import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { emptyDesk, hear } from '../../src/core/telling/desk.ts';
import { KeptDesk } from '../../src/core/telling/kept.ts';
import { saveDesk } from '../../src/core/telling/saved.ts';
import { settle } from '../../src/core/telling/settle.ts';
import { keepDesk, keptDesk } from '../../src/store/desk.ts';
import { openStore } from '../../src/store/open.ts';
import { alertEvent, step } from '../core/telling/world.ts';
import { rule } from '../core/world.ts';

it('a desk is in the database as it is, by what changes of it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'psstop-desk-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { database, close } = await openStore(folder, { notice: () => undefined });
  onTestFinished(close);
  const group = { by: ['rule'], wait: 30_000, interval: 300_000 };
  const of = rule({ group, steps: [step('mail', { gathers: true }), step('log')] });
  const desk = emptyDesk();
  const kept = new KeptDesk();
  const sizes: number[] = [];
  const keep = (): void =>
    kept.keep(desk, (change) => {
      sizes.push(change.cases.length);
      keepDesk(database, change);
    });
  const happen = (second: number, ...happened: readonly (readonly ['fired' | 'resolved', string])[]): void => {
    const now = { time: second * 1000, uptime: second * 1000 };
    for (const [kind, target] of happened) hear(desk, alertEvent(of, kind, { target, now }), of);
    settle(desk, now);
    keep();
    const all = saveDesk(desk) ?? { cases: [], gatherings: [], silences: [] };
    expect(keptDesk(database)).toEqual(JSON.parse(JSON.stringify(all)));
  };
  happen(0, ['fired', 'one'], ['fired', 'two']);
  happen(1);
  desk.silences.set('s', {
    ...{ id: 's', author: 'ann', reason: 'x', created: 0, usedAt: 2000, until: 'ended' },
    match: { target: 'three' },
  });
  happen(2, ['fired', 'three']);
  happen(31);
  happen(32, ['resolved', 'one']);
  happen(400, ['resolved', 'two'], ['resolved', 'three']);
  happen(1000);
  // The first time all, then what is new; nothing at all where nothing was.
  expect(sizes).toEqual([2, 1, 0, 0, 0]);
});
