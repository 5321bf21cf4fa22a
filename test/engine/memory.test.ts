import { expect, it } from 'vitest';
import { emptyMemory, type Memory } from '../../src/core/memory.ts';
import type { StateChange, StateStore } from '../../src/core/saved/types.ts';
import type { AlertEvent, Rule, SeriesWant, Snapshot } from '../../src/core/types.ts';
import { createBus } from '../../src/engine/bus.ts';
import { Keeper } from '../../src/engine/memory.ts';
import { run } from '../../src/engine/run.ts';
import { openDatabase } from '../../src/store/database.ts';
import { loadDriver } from '../../src/store/driver.ts';
import { migrate } from '../../src/store/migrations.ts';
import { stateStore } from '../../src/store/state.ts';
import { MiB, pssAbove, rule, sample, snapshot } from '../core/world.ts';

/** A store in memory that can be made to fail, and notes what it is given. */
async function store() {
  const database = openDatabase(await loadDriver(), ':memory:');
  migrate(database);
  const inner = stateStore(database);
  const changes: StateChange[] = [];
  const it = { full: false, changes, database };
  const kept: StateStore = {
    load: () => inner.load(),
    save(change, work) {
      if (it.full) throw new Error('disk full');
      inner.save(change, work);
      changes.push(change);
    },
  };
  return Object.assign(it, { kept });
}

const big = (pid: number, pss = 200) => sample({ pid, pss: pss * MiB, name: `web${pid}` });

async function judge(keeper: Keeper, { memory, rules }: { memory: Memory; rules: Rule[] }, snapshots: Snapshot[]) {
  const told: string[] = [];
  const note = (event: AlertEvent): string => `${event.kind} ${event.target.name}`;
  const source = (async function* () {
    yield* snapshots;
  })();
  const bus = createBus([{ event: (event) => void (event.type === 'alert' && told.push(note(event))) }]);
  const dispatch = (event: AlertEvent): void => void told.push(`handed on: ${note(event)}`);
  await run({ source, rules: () => rules, bus, memory, dispatch, keep: (judged, work) => keeper.keep(judged, work) });
  return told;
}

it('writes alerts with the snapshot that changes them, before anybody hears of them, and nothing while all is quiet', async () => {
  const { kept, changes } = await store();
  const keeper = new Keeper({ store: kept, report: () => undefined });
  const rules = [rule({ by: 'process' })];
  const memory = keeper.restore(rules);
  const quiet = [1, 2, 3].map((at) => snapshot(at, [big(1, 5)]));
  expect(await judge(keeper, { memory, rules }, quiet)).toEqual([]);
  // The first one begins a round of histories.
  expect(changes.length).toBe(1);
  expect(await judge(keeper, { memory, rules }, [snapshot(4, [big(1)])])).toEqual([
    'handed on: fired web1[1]',
    'fired web1[1]',
  ]);
  expect(changes.at(-1)).toMatchObject({ urgent: true, alerts: [{ target: '1.1', alert: { phase: 'firing' } }] });
  await judge(keeper, { memory, rules }, [snapshot(5, [big(1)])]);
  // Its timers run by the clock, which need not outlive a power failure: nor does the boot.
  expect(changes.at(-1)).toMatchObject({ urgent: false, alerts: [], clock: { uptime: 5000 } });
  const again = new Keeper({ store: kept, report: () => undefined });
  const restored = again.restore(rules);
  expect(await judge(again, { memory: restored, rules }, [snapshot(6, [big(1)]), snapshot(7, [big(1, 5)])])).toEqual([
    'handed on: resolved web1[1]',
    'resolved web1[1]',
  ]);
  expect(changes.at(-1)).toMatchObject({ ended: [{ target: '1.1' }] });
  expect(new Keeper({ store: kept, report: () => undefined }).restore(rules).active).toEqual([]);
});

it('goes on in memory while the disk is full, says so once, and writes it all when there is room', async () => {
  const disk = await store();
  const said: string[] = [];
  const keeper = new Keeper({
    store: disk.kept,
    report: (failing, message) => void said.push(`${failing} ${message}`),
  });
  const rules = [rule({ by: 'process' })];
  const memory = keeper.restore(rules);
  disk.full = true;
  const told = await judge(keeper, { memory, rules }, [snapshot(1, [big(1)]), snapshot(2, [big(1), big(2)])]);
  expect(told.filter((what) => !what.startsWith('handed'))).toEqual(['fired web1[1]', 'fired web2[2]']);
  expect(told.filter((what) => what.startsWith('handed')).length).toBe(2);
  disk.full = false;
  await judge(keeper, { memory, rules }, [snapshot(3, [big(1), big(2)])]);
  expect(said).toEqual(['true disk full', 'false state is kept again']);
  const again = new Keeper({ store: disk.kept, report: () => undefined }).restore(rules);
  expect(again.active.map(({ name }) => name).sort()).toEqual(['web1[1]', 'web2[2]']);
});

it('starts anew, and says so, when what was kept can not be read', async () => {
  const said: string[] = [];
  const broken: StateStore = {
    load: () => {
      throw new Error('disk error');
    },
    save: (_, work) => work(),
  };
  const keeper = new Keeper({ store: broken, report: (_, message) => void said.push(message) });
  expect(keeper.restore([rule()])).toEqual(emptyMemory());
  expect(said).toEqual(['disk error']);
});

it('keeps histories a few at a time, all of them at the end, and forgets those of targets and rules that are gone', async () => {
  const { kept, changes, database } = await store();
  const want: SeriesWant = { window: 1e9, value: (target) => target.known('pss') };
  const watching = rule({ by: 'process', when: { ...pssAbove(1e15), wants: [want] } });
  const many = Array.from({ length: 300 }, (_, index) => big(index + 1, 5));
  const keeper = new Keeper({ store: kept, report: () => undefined });
  const memory = keeper.restore([watching]);
  await judge(
    keeper,
    { memory, rules: [watching] },
    [1, 2, 3].map((at) => snapshot(at * 5, many)),
  );
  const rows = (): number => Number(database.prepare('SELECT count(*) AS n FROM histories').all()[0]?.n);
  expect(rows()).toBeGreaterThan(20);
  expect(rows()).toBeLessThan(150);
  keeper.end(memory);
  expect(rows()).toBe(300);
  const again = new Keeper({ store: kept, report: () => undefined });
  const restored = again.restore([watching]);
  const later = Array.from({ length: 40 }, (_, index) => snapshot(20 + index * 5, many.slice(0, 3)));
  await judge(again, { memory: restored, rules: [watching] }, later);
  expect(rows()).toBe(3);
  expect(changes.at(-1)?.urgent).toBe(false);
  const other = rule({ key: 'other' });
  const last = new Keeper({ store: kept, report: () => undefined });
  const none = last.restore([other]);
  await judge(last, { memory: none, rules: [other] }, [snapshot(300, many.slice(0, 3))]);
  expect(rows()).toBe(0);
});
