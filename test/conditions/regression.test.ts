import { describe, expect, it } from 'vitest';
import { advance } from '../../src/core/advance.ts';
import { emptyMemory, type Memory } from '../../src/core/memory.ts';
import { restoreServices, saveServices } from '../../src/core/trend/services.ts';
import type { AlertEvent, GroupBy, ProcessInfo, Rule } from '../../src/core/types.ts';
import { MiB, rule, sample, snapshot } from '../core/world.ts';
import { condition, refusal } from './target.ts';

const HOUR = 3600;
const STEP = 150;
/** From the end of a run to the next one. */
const PAUSE = 20 * 60;

/** One run of a service: what it holds once it has warmed up, MiB. */
interface Told extends Partial<ProcessInfo> {
  readonly held: number;
  readonly hours?: number;
  /** After so many hours it executes this. */
  readonly becomes?: { readonly after: number; readonly held: number; readonly exe: string };
}

/** Spread between runs, -1 to 1, the same in every run of the test. */
const spread = (run: number): number => Math.sin(run * 12.9898);

/** So many runs of a build, 3 % apart. */
const runs = (count: number, held: number, more: Partial<Told>): Told[] =>
  Array.from({ length: count }, (_, run) => ({ held: held * (1 + 0.03 * spread(run + held)), ...more }));

async function ruleOf(options: object, by: GroupBy = 'name'): Promise<Rule> {
  return rule({ name: 'regressed', by, when: await condition({ regression: options }), for: 0, keep: 0 });
}

let now = 10_000;

/** Plays runs of a service, one after the other, with nobody there in between. @returns what was told. */
function play(memory: Memory, judged: Rule, told: readonly Told[]): AlertEvent[] {
  const events: AlertEvent[] = [];
  const rules = [judged];
  for (const { held, hours = 4, becomes, ...info } of told) {
    const started = now * 1000;
    const about = {
      name: 'api',
      exe: '/srv/api',
      build: 'one',
      ...info,
      pid: Math.round(now / 10),
      startedAt: started,
    };
    const { process } = sample(about);
    const { process: next } = sample({ ...about, ...becomes });
    for (const end = now + hours * HOUR; now < end; now += STEP) {
      const age = now * 1000 - started;
      const isNext = becomes !== undefined && age >= becomes.after * HOUR * 1000;
      const size = (isNext ? becomes.held : held) * (1 - 0.4 * Math.exp(-age / 600_000)) * MiB;
      events.push(
        ...advance(
          memory,
          rules,
          snapshot(now, [{ ...sample({ ...about, pss: size }, now * 1000), process: isNext ? next : process }]),
        ),
      );
    }
    for (const end = now + PAUSE; now < end; now += STEP) events.push(...advance(memory, rules, snapshot(now, [])));
  }
  return events;
}

const kinds = (events: readonly AlertEvent[]): string[] => events.map(({ kind }) => kind);

describe('regression', () => {
  it.each(['name', 'process', 'unit', 'exe'] as const)('finds a build that holds a quarter more, by %s', async (by) => {
    const memory = emptyMemory();
    const judged = await ruleOf({}, by);
    const unit = { unit: 'api.service' };
    expect(play(memory, judged, runs(6, 200, { ...unit, build: 'one' }))).toEqual([]);
    const events = play(memory, judged, runs(1, 250, { ...unit, build: 'two' }));
    expect(kinds(events)).toEqual(['fired', 'resolved']);
    expect(events[0]?.because).toMatch(
      /^at the age of [124]h this build holds 2\d\.\d % more than those before it \(this run of it against 6 of theirs\), P 0\.9[89]/,
    );
    // The same build again is found out as soon as runs are compared.
    expect(kinds(play(memory, judged, runs(1, 250, { ...unit, build: 'two' })))).toEqual(['fired', 'resolved']);
    // What is rolled back to is compared with both.
    expect(play(memory, judged, runs(2, 200, { ...unit, build: 'one' }))).toEqual([]);
  });

  it('keeps still while builds hold about the same, and of the first one', async () => {
    const memory = emptyMemory();
    const judged = await ruleOf({ grade: 'suspected' });
    const told = ['one', 'two', 'three', 'four'].flatMap((build, index) => runs(3, 200 + 3 * index, { build }));
    expect(play(memory, judged, told)).toEqual([]);
  });

  it('says so even when the same process goes over to another build', async () => {
    const memory = emptyMemory();
    const judged = await ruleOf({}, 'unit');
    const unit = { unit: 'api.service' };
    play(memory, judged, runs(5, 200, { ...unit, build: 'one' }));
    const becomes = { after: 2, held: 300, exe: '/srv/api-2' };
    expect(kinds(play(memory, judged, runs(1, 200, { ...unit, hours: 5, becomes })))).toEqual(['fired', 'resolved']);
  });

  it('tells builds apart by what the user names', async () => {
    const memory = emptyMemory();
    const judged = await ruleOf({ build: { cmdline: 'api-([0-9.]+)[.]jar' } });
    const java = (version: string) => ({ exe: '/usr/bin/java', build: 'jvm', cmdline: `java -jar api-${version}.jar` });
    expect(play(memory, judged, runs(5, 200, java('1.0')))).toEqual([]);
    const events = play(memory, judged, runs(1, 260, java('1.1')));
    expect(kinds(events)).toEqual(['fired', 'resolved']);
    // Of a program whose build isn't known nothing is said.
    expect(play(memory, judged, runs(2, 900, { cmdline: 'java -jar other.jar' }))).toEqual([]);
  });

  it('counts no less than what the user wants', async () => {
    const memory = emptyMemory();
    const judged = await ruleOf({ more: '50%' });
    expect(play(memory, judged, [...runs(6, 200, {}), ...runs(1, 260, { build: 'two' })])).toEqual([]);
    expect(kinds(play(memory, judged, runs(1, 400, { build: 'three' })))).toContain('fired');
  });

  it('remembers the runs when they are saved and restored', async () => {
    const memory = emptyMemory();
    const judged = await ruleOf({});
    play(memory, judged, runs(6, 200, {}));
    const saved = JSON.parse(JSON.stringify(saveServices(memory.standing.services)));
    const later = emptyMemory();
    restoreServices(later.standing.services, saved);
    expect(saveServices(later.standing.services)).toEqual(saved);
    expect(kinds(play(later, judged, runs(1, 260, { build: 'two' })))).toContain('fired');
  });

  it('refuses what makes no sense', async () => {
    expect(await refusal({ regression: { build: { cmdline: '(' } } })).toMatch(/^build\.cmdline: "\(" is no regular/);
    expect(await refusal({ regression: { more: '5' } })).toMatch(/^more: /);
  });
});
