import fc from 'fast-check';
import { expect, it } from 'vitest';
import { acknowledge, hear } from '../../../src/core/telling/desk.ts';
import { nextDue } from '../../../src/core/telling/due.ts';
import type { Desk } from '../../../src/core/telling/nouns.ts';
import { loadDesk, saveDesk } from '../../../src/core/telling/saved.ts';
import { settle } from '../../../src/core/telling/settle.ts';
import { parseClock, type TimeWindow } from '../../../src/core/telling/window.ts';
import type { AlertKind, Rule } from '../../../src/core/types.ts';
import { rule } from '../world.ts';
import { Model } from './model.ts';
import { alertEvent, step } from './world.ts';

const ZONE = 'Europe/Berlin';
/** The evenings before the clock is put forward, and before it is put back. */
const EVENINGS = ['2026-03-28T20:00:00Z', '2026-10-24T20:00:00Z'].map(Date.parse);

const between = (from: string, to: string): TimeWindow => ({
  ...{ days: [0, 1, 2, 3, 4, 5, 6], zone: ZONE },
  ...{ from: parseClock(from), to: parseClock(to) },
});
/** Each is asked of the desk by its own arithmetic, and of the model by what a clock on the wall shows. */
const WINDOWS: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  office: [
    ['01:30', '02:30'],
    ['02:45', '03:15'],
    ['08:00', '20:00'],
  ],
  quiet: [['23:00', '02:15']],
};

const GROUP = { by: ['rule'], wait: 30_000, interval: 300_000 };
const mail = step('mail', { gathers: true });
const log = step('log');
const page = step('page', {}, { after: 120_000, escalation: true });
const act = step('act', { exclusive: true }, { on: ['fired', 'reminded'] });
const RULES: readonly Rule[] = [
  rule({ name: 'plain', key: 'plain', steps: [log, mail, page, act] }),
  rule({ name: 'grouped', key: 'grouped', group: GROUP, steps: [mail, log, page] }),
  rule({ name: 'effect', key: 'effect', inhibitedBy: ['plain'], group: GROUP, steps: [log, mail, act] }),
  rule({
    ...{ name: 'office', key: 'office', steps: [log, page, act] },
    during: WINDOWS.office?.map(([from, to]) => between(from, to)) ?? [],
  }),
];
const QUIET = WINDOWS.quiet?.map(([from, to]) => between(from, to)) ?? [];

const onTheWall = new Intl.DateTimeFormat('en-GB', { timeZone: ZONE, hour: '2-digit', minute: '2-digit' });

function isOpen(name: string, time: number): boolean {
  const clock = onTheWall.format(time);
  const windows = WINDOWS[name] ?? [];
  return windows.some(([from, to]) => (from < to ? clock >= from && clock < to : clock >= from || clock < to));
}

/** What happens at one moment, so many seconds after the last. */
interface Tick {
  readonly after: number;
  readonly what: readonly (readonly [rule: number, target: number, what: 'fired' | 'reminded' | 'resolved' | 'ack'])[];
  readonly hush?: readonly [target: number, seconds: number] | null | undefined;
  readonly speak: boolean;
  readonly restart: boolean;
}

const TARGETS = ['a', 'b', 'c', 'd'];
const tick: fc.Arbitrary<Tick> = fc.record({
  after: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 4000 })),
  what: fc.array(
    fc.tuple(fc.nat(3), fc.nat(3), fc.constantFrom('fired', 'fired', 'fired', 'reminded', 'resolved', 'ack')),
    { maxLength: 4 },
  ),
  hush: fc.option(fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 5000 })), { freq: 6 }),
  speak: fc.integer({ min: 0, max: 9 }).map((dice) => dice === 0),
  restart: fc.integer({ min: 0, max: 9 }).map((dice) => dice === 0),
});

/** A desk and a model beside each other, to which the same happens. */
class World {
  readonly model: Model = new Model(isOpen);
  #desk: Desk = loadDesk(undefined, RULES);
  #now: { time: number; uptime: number };
  #count = 0;

  constructor(time: number) {
    this.#now = { time, uptime: 1e6 };
  }

  get time(): number {
    return this.#now.time;
  }

  /** So many ms pass, with everything that is due meanwhile; what happens at their end is seen by one snapshot. */
  pass(ms: number, happen: () => void = () => undefined): void {
    const end = this.#now.uptime + ms;
    let late = 0;
    for (let due = nextDue(this.#desk); due !== undefined && due < end; due = nextDue(this.#desk)) {
      // A restart leaves what waited due at once; what is muted by then leaves its gathering, and is looked at once more.
      late = due <= this.#now.uptime ? late + 1 : 0;
      if (late > 2) throw new Error(`due ${this.#now.uptime - due} ms ago, and not done`);
      this.#goTo(Math.max(due, this.#now.uptime));
      this.#settle();
    }
    this.#goTo(end);
    happen();
    this.#settle();
  }

  tell(of: Rule, target: string, kind: 'fired' | 'reminded' | 'resolved' | 'ack'): void {
    const { model } = this;
    const known = model.firing(of.name, target);
    if ((kind === 'fired') !== (known === undefined)) return;
    if (kind === 'ack') {
      if (known && acknowledge(this.#desk, known.id, { author: 'ann', reason: 'x', time: this.time }))
        known.acked = true;
      return;
    }
    this.#count += 1;
    const id = known?.id ?? `${of.name}/${target}/${this.#count}`;
    const life = { id, rule: of, target, fired: this.time, acked: false };
    if (known === undefined) model.lives.set(id, { ...life, over: false, beginning: new Set(), end: new Set() });
    else if (kind === 'resolved') known.over = true;
    const event = alertEvent(of, kind as AlertKind, { target, now: this.#now });
    hear(this.#desk, { ...event, alert: id, id: `${id}-${kind}-${this.#count}` }, of);
  }

  hush(target: string, seconds: number): void {
    this.#count += 1;
    const id = String(this.#count);
    const until = this.time + seconds * 1000;
    this.model.hushes.set(id, { target, until });
    const said = { id, author: 'ann', reason: 'x', created: this.time, usedAt: this.time };
    this.#desk.silences.set(id, { ...said, match: { target }, until });
  }

  speak(): void {
    this.model.hushes.clear();
    this.#desk.silences.clear();
  }

  restart(): void {
    const saved = saveDesk(this.#desk);
    this.#desk = loadDesk(saved && JSON.parse(JSON.stringify(saved)), RULES);
  }

  #goTo(uptime: number): void {
    this.#now = { time: this.#now.time + uptime - this.#now.uptime, uptime };
  }

  #settle(): void {
    this.model.hear(settle(this.#desk, this.#now, QUIET), this.time);
  }
}

function play(begin: number, story: readonly Tick[]): Model {
  const world = new World(begin);
  for (const { after, what, hush, speak, restart } of story) {
    world.pass(after * 1000, () => {
      if (speak) world.speak();
      if (hush) world.hush(TARGETS[hush[0]] ?? '', hush[1]);
      for (const [of, target, kind] of what) world.tell(RULES[of] as Rule, TARGETS[target] ?? '', kind);
    });
    if (restart) world.restart();
  }
  // Nothing keeps anybody from being told any more: no silence, no cause of another, and it is noon on some day.
  world.pass(1000, () => {
    world.speak();
    for (const target of TARGETS) world.tell(RULES[0] as Rule, target, 'resolved');
  });
  while (new Date(world.time).getUTCHours() !== 10) world.pass(60_000);
  for (let minute = 0; minute < 20; minute += 1) world.pass(60_000);
  world.model.settled();
  return world.model;
}

it('whatever happens, nobody is told what is muted, nobody is forgotten, and no end comes before its beginning', () => {
  let told = 0;
  const property = fc.property(fc.constantFrom(...EVENINGS), fc.array(tick, { maxLength: 40 }), (begin, story) => {
    for (const { beginning } of play(begin, story).lives.values()) told += beginning.size;
  });
  fc.assert(property, { numRuns: Number(process.env.PSSTOP_STORIES ?? 300) });
  // The stories were about something.
  expect(told).toBeGreaterThan(1000);
}, 60_000);
