import { describe, expect, it } from 'vitest';
import { courseOf, levelAt } from '../../../src/core/compare/level.ts';
import { type GatherOptions, gather, type NamedRun } from '../../../src/core/compare/runs.ts';
import type { ProcessSample, Snapshot } from '../../../src/core/types.ts';
import { sample, snapshot } from '../../sinks/made-up.ts';

const BEGIN = snapshot([]).uptime;

/** A process of `name` that started so many seconds after the first snapshot. */
function process(name: string, pid: number, made: { started: number; pss?: number; swap?: number }): ProcessSample {
  const one = sample({ name, pid, ...made }, BEGIN);
  return { ...one, process: { ...one.process, startedAt: BEGIN + made.started * 1000 } };
}

function runs(snapshots: readonly Snapshot[], options: Partial<GatherOptions> = {}): readonly NamedRun[] {
  const gathering = gather({ measure: 'memory', only: () => true, from: 'start', ...options });
  for (const one of snapshots) gathering.add(one);
  return gathering.runs;
}

const at = (second: number, processes: ProcessSample[], boot = 'b'): Snapshot => ({
  ...snapshot([], second),
  boot,
  processes,
});

describe('runs', () => {
  it('add up what all processes of a name hold, by the age of the first', () => {
    const [run, ...more] = runs([
      at(1, [process('w', 1, { started: 0, pss: 10, swap: 1 })]),
      at(2, [process('w', 1, { started: 0, pss: 10 }), process('w', 2, { started: 1.5, pss: 7 })]),
      at(3, [process('w', 1, { started: 0, pss: 10 }), process('w', 2, { started: 1.5, pss: 7 })]),
      at(4, [process('w', 2, { started: 1.5, pss: 8 })]),
    ]);
    expect(more).toEqual([]);
    expect(run).toMatchObject({ name: 'w', ages: [1000, 2000, 3000, 4000], values: [11, 17, 17, 8] });
  });

  it('end where others take over, though a snapshot that stands for minutes has both', () => {
    const found = runs([
      at(100, [process('w', 1, { started: 0, pss: 5 })]),
      at(200, [process('w', 1, { started: 0, pss: 5 })]),
      at(300, [process('w', 1, { started: 0, pss: 5 }), process('w', 2, { started: 250, pss: 6 })]),
      at(400, [process('w', 2, { started: 250, pss: 6 })]),
      at(500, [process('w', 2, { started: 250, pss: 6 })]),
    ]);
    expect(found.map(({ ages, values }) => ({ ages, values }))).toEqual([
      { ages: [100_000, 200_000, 300_000], values: [5, 5, 11] },
      { ages: [150_000, 250_000], values: [6, 6] },
    ]);
  });

  it('begin anew when all of them are others, or were away', () => {
    const found = runs([
      at(1, [process('w', 1, { started: 0, pss: 1 })]),
      at(2, [process('w', 2, { started: 1, pss: 2 })]),
      at(3, []),
      at(4, [process('w', 2, { started: 1, pss: 3 })]),
    ]);
    expect(found.map(({ ages, values }) => ({ ages, values }))).toEqual([
      { ages: [1000], values: [1] },
      { ages: [1000], values: [2] },
      { ages: [3000], values: [3] },
    ]);
  });

  it('begin anew with another boot, though the pid is the same', () => {
    const same = [process('w', 1, { started: 0, pss: 1 })];
    expect(runs([at(5, same, 'one'), at(1, same, 'two')]).map(({ ages }) => ages)).toEqual([[5000], [1000]]);
  });

  it('count from the beginning of the record where that is asked for', () => {
    const old = [process('w', 1, { started: -500, pss: 1 })];
    expect(runs([at(1, []), at(3, old), at(4, old)], { from: 'record' })[0]?.ages).toEqual([2000, 3000]);
  });

  it('have no point where one of the processes was never read', () => {
    const dark = process('w', 2, { started: 0 });
    expect(runs([at(1, [process('w', 1, { started: 0, pss: 1 }), dark])])[0]?.values).toEqual([]);
  });

  it('look at other measures, and only at what is asked for', () => {
    const both = [process('w', 1, { started: 0, pss: 5, swap: 2 }), process('v', 2, { started: 0, pss: 1 })];
    const found = runs([at(1, both)], { measure: 'swap', only: ({ name }) => name === 'w' });
    expect(found).toMatchObject([{ name: 'w', values: [2] }]);
  });
});

describe('the level of a run', () => {
  const run: NamedRun = { name: 'r', ages: [1, 2, 3, 4, 5, 6, 7, 8], values: [1, 2, 3, 4, 5, 60, 7, 8] };
  it('is the median of the last quarter up to an age', () => {
    expect(levelAt(run, 8)).toBe(8);
    expect(levelAt(run, 7)).toBe(33.5);
    expect(levelAt(run, 4)).toBe(3.5);
  });
  it('is not known before it was looked at, nor after its end', () => {
    expect(levelAt(run, 9)).toBeUndefined();
    expect(levelAt({ ...run, ages: run.ages.map((age) => age + 100) }, 50)).toBeUndefined();
    expect(levelAt({ name: 'r', ages: [], values: [] }, 1)).toBeUndefined();
  });
  it('becomes a course, with gaps where nobody looked', () => {
    expect(courseOf([run], { to: 8, steps: 4 })).toEqual([1, 2.5, 4.5, 8]);
    expect(courseOf([run], { to: 16, steps: 4 })[3]).toBeNaN();
  });
});
