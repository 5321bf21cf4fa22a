import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Outcome } from './lockstep.ts';
import { simulateCore, simulateFiles } from './simulate.ts';

/** `npm run bench oracle` runs the same for longer, and wants the outcome in a file. */
const { PSSTOP_SNAPSHOTS: snapshots = '100', PSSTOP_OUTCOME: file } = process.env;
const SNAPSHOTS = Number(snapshots);
/** A busy machine is slow. */
const PATIENCE = 3_000 * SNAPSHOTS;

describe('who reads only what the rules depend on decides as the oracle does, which reads everybody', () => {
  test('through files: in a /proc folder rewritten by a model of page sharing', { timeout: PATIENCE }, async () => {
    const outcome = await simulateFiles({ seed: 100, snapshots: SNAPSHOTS });
    if (file !== undefined) writeFileSync(file, JSON.stringify(outcome));
    expectAgreement(outcome);
    expect(outcome.readings.led).toBeLessThan(outcome.readings.oracle);
  });

  test('in the core: ten readers, each led by ten rules', { timeout: PATIENCE }, async () => {
    const outcome = await simulateCore({ seed: 200, snapshots: 60, parts: 10 });
    expectAgreement(outcome);
    expect(outcome.readings.led).toBeLessThan(0.6 * 10 * outcome.readings.oracle);
  });

  test('where its budget allows too little, apart from what it declares undecided', { timeout: PATIENCE }, async () => {
    const outcome = await simulateFiles({ seed: 300, snapshots: 40, budget: { process: 1e-5, host: 1e-5 } });
    expect(outcome.differences).toEqual([]);
    expect(outcome.undecided).toBeGreaterThan(1000);
    expect(outcome.excused).toBeGreaterThan(100);
  });

  test('and a fault would be seen: with bounds that are too narrow it decides otherwise', {
    timeout: PATIENCE,
  }, async () => {
    const outcome = await simulateCore({ seed: 200, snapshots: 20, parts: 10, spoil: 0.5 });
    expect(outcome.differences.length).toBeGreaterThan(20);
    expect(outcome.wrong.length).toBeGreaterThan(100);
  });
});

function expectAgreement({ differences, wrong, rough, undecided, events, kinds }: Outcome): void {
  expect(differences).toEqual([]);
  expect(wrong).toEqual([]);
  expect({ rough, undecided }).toEqual({ rough: 0, undecided: 0 });
  expect(events).toBeGreaterThan(1000);
  expect(Object.keys(kinds).sort()).toEqual(['cancelled', 'fired', 'pending', 'reminded', 'resolved']);
}
