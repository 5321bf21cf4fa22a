import { beforeAll, describe, expect, it } from 'vitest';
import { snapshotChecker } from '../../src/config/check-snapshot.ts';
import { advance } from '../../src/core/advance.ts';
import { emptyMemory } from '../../src/core/memory.ts';
import type { AlertEvent, Rule } from '../../src/core/types.ts';
import { readRecording } from '../../src/sources/recording/read.ts';
import { shippedRules } from './shipped.ts';

const RECORDINGS = new URL('../fixtures/recordings/', import.meta.url).pathname;

/** Eight minutes of a real program stand for 40 hours, a snapshot of each second for five minutes. */
const SCALE = 300;

/** Unix ms of the first snapshot of each. */
const BEGAN = 1_795_424_981_113;

const check = snapshotChecker();

/** Plays a recording of a real program through rules. @returns what is told. */
async function replay(rules: readonly Rule[], program: string): Promise<AlertEvent[]> {
  const memory = emptyMemory();
  const events: AlertEvent[] = [];
  const file = `${RECORDINGS}${program}.ndjson.gz`;
  for await (const snapshot of readRecording({ file, timeScale: SCALE, check })) {
    events.push(...advance(memory, rules, snapshot));
  }
  return events.filter(({ kind }) => kind !== 'pending' && kind !== 'cancelled');
}

const told = (events: readonly AlertEvent[]): string[] =>
  events.map(({ kind, rule, target }) => `${kind} ${rule} ${target.name.replace(/\[\d+\]$/, '')}`);

describe('real programs, by the rules that ship', { timeout: 60_000 }, () => {
  let rules: Rule[];
  beforeAll(async () => {
    rules = await shippedRules();
  });

  it.each([
    ['a Node server whose collector makes a sawtooth', 'node'],
    ['a Python worker', 'python'],
    ['a prefork server whose workers exit', 'prefork'],
    ['PostgreSQL under load', 'postgres'],
    ['a JVM that fills its heap', 'java'],
    ['Redis with a bound on its memory', 'redis'],
    ['Chromium on a busy page', 'chromium'],
  ])('%s is no cause for alarm', async (_, program) => {
    expect(told(await replay(rules, program))).toEqual([]);
  });

  it.each([
    ['node-leak', 'node'],
    ['python-leak', 'python3'],
    ['redis-leak', 'redis-server'],
  ])('%s is found within a day and a half, and stays told', async (program, name) => {
    const events = await replay(rules, program);
    const leaks = events.filter(({ rule }) => rule === 'leak');
    expect(told(leaks)[0]).toBe(`fired leak ${name}`);
    expect(told(leaks)).not.toContain(`resolved leak ${name}`);
    expect(((leaks[0]?.time ?? 0) - BEGAN) / 3_600_000).toBeLessThan(36);
  });

  it('of a growth that may be a cache that fills, it is told as a leak, and taken back when it is full', async () => {
    const [leak] = await shippedRules('leak');
    const { create } = (await import('../../src/conditions/leak.ts')).default;
    const mild = { ...(leak as Rule), when: await create({} as never, { interval: 1000 } as never) };
    expect(told(await replay([mild], 'redis'))).toEqual(['fired leak redis-server', 'resolved leak redis-server']);
  });
});
