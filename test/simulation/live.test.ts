import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demand } from '../../src/core/demand.ts';
import type { Demand, Rule, Snapshot } from '../../src/core/types.ts';
import type { ProcOptions } from '../../src/sources/proc/options.ts';
import { type ProcSource, procSource } from '../../src/sources/proc/source.ts';
import { READER } from '../sources/proc/start.ts';
import { compile } from './compile.ts';
import { diceFrom } from './dice.ts';
import { Excuses } from './excuses.ts';
import { noOutcome, step, type Watcher, watcher, wrongBounds } from './lockstep.ts';
import { CHUNK, COMMON, newMirror } from './mirror.ts';
import { canCompile, type Sharing, startSharing } from './program.ts';

const STEPS = 150;
/** Two readers, each led by its own rules: by those in doubt nearly everybody has to be read, by the others few. */
const PARTS = ['near', 'far'];
const RULES = `rules:
  - { name: near-pss, select: "sharing-*", by: process, when: { above: { pss: 12MiB, clear: 10MiB } } }
  - { name: near-small, select: "sharing-*", by: process, when: { below: { pss: 9MiB } }, for: 10s, keep: 5s }
  - { name: near-own, select: "sharing-*", by: process, when: { above: { uss: 8MiB } }, for: 5s }
  - { name: near-anon, select: sharing-odd, by: process, when: { below: { anon: 10MiB, clear: 12MiB } }, repeat: 30s }
  - { name: near-often, select: "sharing-*", by: process, when: { times: { when: { above: { pss: 11MiB } }, holds: 2, of: 4 } } }
  - { name: near-mixed, select: "sharing-*", by: process, when: { any: [{ above: { uss: 20MiB } }, { not: { above: { pss: 7MiB } } }] } }
  - { name: near-shares, select: "sharing-*", by: process, when: { expression: "rss - pss > 30 * MiB" } }
  - { name: near-group, select: "sharing-*", when: { all: [{ above: { pss: 30MiB } }, { below: { shmem: 4MiB } }] }, for: 5s }
  - { name: near-all, select: "sharing-*", by: host, when: { above: { pss: 110MiB, clear: 100MiB } } }
  - { name: far-segment, select: "sharing-*", by: process, when: { above: { shmem: 4MiB, clear: 3MiB } } }
  - { name: far-pss, select: "sharing-*", by: process, when: { above: { pss: 46MiB } } }
  - { name: far-group, select: "sharing-*", when: { above: { pss: 230MiB, clear: 190MiB } } }
  - { name: far-memory, select: "sharing-*", when: { below: { memory: 300MiB } }, keep: 10s }
  - { name: far-all, select: "sharing-*", by: host, when: { above: { pss: 20GiB } } }
  - { name: far-count, select: "sharing-*", when: { count: { below: 5 } } }
`;

/** On the real /proc, whose other processes come and go: their figures do not matter, but that all together add up to the kernel's sums does. */
describe.skipIf(!canCompile)('over live programs that share memory', () => {
  let program: Sharing;
  const sources: ProcSource[] = [];
  beforeAll(async () => {
    program = await startSharing(CHUNK * COMMON);
  });
  afterAll(async () => {
    await Promise.all(sources.map((source) => source.close()));
    await program.end();
  });

  test('who is led by the rules decides as the oracle does', { timeout: 120_000 }, async () => {
    const rules = await compile(RULES);
    const outcome = noOutcome();
    let passed = 0;
    const clock = { time: () => 1_790_000_000_000 + passed, uptime: () => 1e9 + passed };
    const source = (options: Partial<ProcOptions>): ProcSource => {
      const patient = { patience: Number.POSITIVE_INFINITY, budget: { process: Infinity, host: Infinity } };
      const made = procSource({ interval: 5000, reader: READER, clock, notice: () => {}, ...patient, ...options });
      sources.push(made);
      return made;
    };
    const everybody = source({ only: ({ name }) => name.startsWith('sharing-') });
    const oracle = watcher(rules, () => everybody.snapshot());
    const led = (own: readonly Rule[]): Watcher => {
      const ask = (draft: Snapshot): Demand[] => {
        const asked = demand(one.memory, own, draft);
        outcome.wrong.push(...wrongBounds(oracle.memory, one.memory));
        return asked;
      };
      const needed = source({ demand: ask });
      const one = watcher(own, () => needed.snapshot());
      return one;
    };
    const others = PARTS.map((part) => led(rules.filter(({ name }) => name.startsWith(part))));
    const company = { oracle, others, excuses: new Excuses() };
    const mirror = newMirror();
    const dice = diceFrom(5);
    for (let i = 0; i < STEPS; i += 1) {
      // Nothing moves between the command's answer and the next command.
      await program.tell(mirror.next(dice));
      passed += 5000;
      await step(company, outcome);
    }
    expect(outcome).toMatchObject({ differences: [], wrong: [], rough: 0, undecided: 0 });
    expect(outcome.events).toBeGreaterThan(300);
    expect(outcome.readings.led).toBeLessThan(1.6 * outcome.readings.oracle);
  });
});
