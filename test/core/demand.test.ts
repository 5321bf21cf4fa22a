import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Side } from '../../src/conditions/threshold/possible.ts';
import { threshold } from '../../src/conditions/threshold/threshold.ts';
import { advance } from '../../src/core/advance.ts';
import { biggest, demand, unknown } from '../../src/core/demand.ts';
import { emptyMemory, type Memory } from '../../src/core/memory.ts';
import type {
  Action,
  AlertEvent,
  Condition,
  Demand,
  ExactReading,
  GroupBy,
  Measure,
  ProcessSample,
  Rule,
  Snapshot,
  Step,
} from '../../src/core/types.ts';
import { type Known, MOST, memoryOf, readingOf, samplesOf, type World, worlds } from './sharing.ts';
import { MiB, rule, sample, snapshot } from './world.ts';

type Writable = { -readonly [K in keyof ProcessSample]: ProcessSample[K] };

/** A world at several moments: the same processes, with other pages each time. */
interface Life {
  readonly moments: readonly World[];
  readonly denied: readonly boolean[];
  readonly rules: readonly Rule[];
}

const limits = fc.integer({ min: 1, max: 300 }).map((mib) => `${mib}MiB`);

const rules: fc.Arbitrary<Rule> = fc
  .record({
    side: fc.constantFrom<Side>('above', 'below'),
    measure: fc.constantFrom<Measure>('pss', 'pss', 'memory', 'swap', 'uss', 'anon', 'shmem', 'rss'),
    limit: limits,
    by: fc.constantFrom<GroupBy>('process', 'name', 'user', 'host'),
    for: fc.constantFrom(0, 1_000),
    keep: fc.constantFrom(0, 2_000),
    repeat: fc.constantFrom(0, 2_000),
    name: fc.constantFrom('web', 'db', '*'),
  })
  .map(({ side, measure, limit, name, ...rest }) =>
    rule({ ...rest, of: { name: [name] }, when: threshold(side, { [measure]: limit }) }),
  );

const lives: fc.Arbitrary<Life> = fc
  .record({
    moments: fc.array(worlds, { minLength: 1, maxLength: 6 }),
    denied: fc.array(fc.constantFrom(false, false, false, true), { minLength: MOST, maxLength: MOST }),
    rules: fc.array(rules, { minLength: 1, maxLength: 6 }),
  })
  .map(({ moments, denied, rules: all }) => ({
    denied,
    // Who is there from the first moment on is the same in all of them.
    moments: moments.map((one) => ({
      ...one,
      parties: one.parties.map((party, i) => moments[0]?.parties[i] ?? party),
    })),
    rules: all.map((one, index) => ({ ...one, name: `rule-${index}`, key: `rule-${index}` })),
  }));

function take(world: World, second: number, known: (index: number) => Known): Snapshot {
  const samples = samplesOf(
    world,
    world.parties.map((_, index) => known(index)),
    { at: second * 1000 },
  );
  return snapshot(second, samples, { memory: memoryOf(world, 64 * 1024) });
}

/** Reads whatever is asked for until nothing is. @returns who was read. */
function serve(
  asked: () => readonly Demand[],
  read: (one: ProcessSample) => ExactReading | undefined,
): ProcessSample[] {
  const done: ProcessSample[] = [];
  for (;;) {
    const demands = asked();
    if (demands.length === 0) return done;
    for (const { sample: one } of demands) {
      // Nobody is asked for twice, so that there is an end.
      expect(done).not.toContain(one);
      expect(one.exact).toBeUndefined();
      const exact = read(one);
      if (exact) Object.assign(one as Writable, { exact, last: exact });
      else (one as Writable).unread = 'denied';
      done.push(one);
    }
  }
}

/** What counts of events: not who is named of a group, whose figures are known only where they were needed. */
function told(events: readonly AlertEvent[], figures: boolean): unknown[] {
  // A curve shows what was read.
  return events.map(({ target: { processes, ...target }, value, because, message, rough, curve: _, ...event }) => ({
    ...{ ...event, target },
    ...(figures && { value, because, message, rough }),
  }));
}

describe('reading what is asked for', () => {
  it('decides and tells the same, to the byte, as reading everything', () => {
    let [reads, of] = [0, 0];
    fc.assert(
      fc.property(lives, ({ moments, denied, rules: all }) => {
        const [oracle, led] = [emptyMemory(), emptyMemory()];
        for (const [second, world] of moments.entries()) {
          const whole = take(world, second, (index) => (denied[index] ? 'denied' : 'read'));
          const draft = take(world, second, () => 'bounds');
          const read = (one: ProcessSample): ExactReading | undefined => {
            const index = draft.processes.indexOf(one);
            return denied[index] ? undefined : readingOf(world, index, second * 1000);
          };
          reads += serve(() => demand(led, all, draft), read).length;
          of += world.parties.length;
          const events = advance(led, all, draft);
          // Where a group is open since somebody may not be read, a reminder says what was known last, and that may have been enough.
          const figures = !denied.some(Boolean);
          expect(told(events, figures)).toEqual(told(advance(oracle, all, whole), figures));
          if (figures) for (const { rough } of events) expect(rough).toBeUndefined();
        }
        expect(led.standing.undecided).toBe(oracle.standing.undecided);
      }),
      { numRuns: 400 },
    );
    // Else nothing was shown.
    expect(reads).toBeGreaterThan(of / 10);
    expect(reads).toBeLessThan((of * 9) / 10);
  });
});

const WEB = bare(1, 200);

/** A process of so many MiB resident, of which nothing else is known. */
function bare(pid: number, mib: number, more: Partial<ProcessSample> = {}): Writable {
  const { exact: _, ...known } = sample({ pid, rss: mib * MiB, pss: mib * MiB });
  return { ...known, swap: 0, ...more };
}

function reading(mib: number, at = 0): ExactReading {
  return sample({ pid: 1, pss: mib * MiB }, at).exact as ExactReading;
}

function asked(of: Rule, processes: readonly ProcessSample[], memory: Memory = emptyMemory()): string[] {
  return demand(memory, [of], snapshot(100, processes)).map(
    ({ sample: { process }, urgency }) => `${process.pid} ${urgency}`,
  );
}

const above = (limit: string): Condition => threshold('above', { pss: limit });

describe('nothing is asked for', () => {
  it('that decides nothing', () => {
    expect(asked(rule({ when: above('300MiB') }), [WEB])).toEqual([]);
    expect(asked(rule({ when: above('100MiB') }), [WEB])).toEqual(['1 decide']);
    expect(asked(rule({ when: above('100MiB'), of: { name: ['db'] } }), [WEB])).toEqual([]);
    expect(asked(rule({ when: threshold('above', { rss: '100MiB' }) }), [WEB])).toEqual([]);
  });

  it('that was read, could not be read, or is not to be judged', () => {
    const when = above('100MiB');
    expect(asked(rule({ when }), [{ ...WEB, exact: reading(150) }])).toEqual([]);
    expect(asked(rule({ when }), [{ ...WEB, unread: 'denied' }])).toEqual([]);
    expect(asked(rule({ when }), [{ ...WEB, unread: 'postponed' }])).toEqual([]);
  });

  it('for a condition that throws, which is reported where it is judged', () => {
    const throws = (): never => {
      throw new Error('division by zero');
    };
    const memory = emptyMemory();
    const of = rule({ when: { wants: [], test: throws, doubts: throws } });
    const draft = snapshot(1, [WEB]);
    expect(demand(memory, [of], draft)).toEqual([]);
    expect(advance(memory, [of], draft)).toEqual([]);
    expect(memory.byRule.get(of)?.fault).toMatchObject({ message: 'division by zero' });
  });
});

describe('what is told', () => {
  /** Above its limit for certain, though by how much is not known. */
  const certain: Condition = {
    wants: [],
    test: (target) => {
      const { low = 0, high = 0 } = target.measure('pss') ?? {};
      return { met: true, value: low, rough: low !== high, limit: 0, unit: 'bytes', because: () => '' };
    },
  };
  const restart: Action = { timeout: 1, exclusive: true, run: async () => '' };
  const step = (more: Partial<Step> = {}): Step => ({
    ...{ name: 'restart', action: restart, countedAs: 'restart', on: ['fired'], after: 0 },
    ...more,
  });

  it('is read for its figure, once when it fires and not while it goes on', () => {
    const of = rule({ when: certain });
    const memory = emptyMemory();
    const firing = snapshot(1, [bare(1, 200)]);
    expect(
      serve(
        () => demand(memory, [of], firing),
        () => reading(150),
      ),
    ).toHaveLength(1);
    expect(advance(memory, [of], firing)).toMatchObject([{ kind: 'fired', value: 150 * MiB }]);
    expect(demand(memory, [of], snapshot(2, [bare(1, 200)]))).toEqual([]);
  });

  it('is read whatever it costs where something is done to it at once', () => {
    const acting = (more: Partial<Rule>): Rule => rule({ when: certain, steps: [step()], ...more });
    expect(asked(acting({}), [WEB])).toEqual(['1 act']);
    // Another rule was refused it.
    expect(asked(acting({}), [{ ...WEB, unread: 'postponed' }])).toEqual(['1 act']);
    expect(asked(acting({}), [{ ...WEB, unread: 'denied' }])).toEqual([]);
    // It has not moved, as far as can be told: that is enough for a history, and not for a deed.
    expect(asked(acting({}), [{ ...WEB, still: true, last: reading(150) }])).toEqual(['1 act']);
  });

  it('is read like anything else where nothing is done to it now', () => {
    const acting = (more: Partial<Rule>): Rule => rule({ when: certain, steps: [step()], ...more });
    expect(asked(acting({ for: 5_000 }), [WEB])).toEqual(['1 decide']);
    expect(asked(acting({ mode: 'dry-run' }), [WEB])).toEqual(['1 decide']);
    expect(asked(acting({ mode: 'shadow' }), [WEB])).toEqual(['1 decide']);
    expect(asked(acting({ steps: [step({ after: 60_000 })] }), [WEB])).toEqual(['1 decide']);
    expect(asked(acting({ steps: [step({ on: ['reminded'] })] }), [WEB])).toEqual(['1 decide']);
  });

  it('is read though the verdict stands, where something is done to it at once', () => {
    const exactly: Condition = { ...certain, test: (target) => ({ ...certain.test(target), rough: false }) as never };
    expect(asked(rule({ when: exactly }), [WEB])).toEqual([]);
    expect(asked(rule({ when: exactly, steps: [step()] }), [WEB])).toEqual(['1 act']);
  });
});

describe('a history', () => {
  const every = 60_000;
  const growing = rule({
    when: { wants: [{ window: 600_000, every, value: (target) => target.known('pss') }], test: () => undefined },
  });
  const aged = (age: number, more: Partial<ProcessSample> = {}): ProcessSample =>
    bare(1, 200, { last: reading(150, 100_000 - age), ...more });

  it('is asked for when the last point is old enough', () => {
    expect(asked(growing, [aged(every)])).toEqual(['1 series']);
    expect(asked(growing, [aged(every - 1)])).toEqual([]);
    expect(asked(growing, [aged(every, { still: true })])).toEqual([]);
  });

  it('is asked for sooner when memory was given back, but not at once', () => {
    const last = { ...reading(150, 100_000 - every / 8), rss: 250 * MiB };
    expect(asked(growing, [bare(1, 200, { last })])).toEqual(['1 series']);
    expect(asked(growing, [bare(1, 249, { last })])).toEqual([]);
    expect(asked(growing, [bare(1, 200, { last: { ...last, at: last.at + 1 } })])).toEqual([]);
  });

  it('begins when a process has lived for one such time: most never do', () => {
    const born = (age: number): ProcessSample => {
      const { process, ...rest } = bare(1, 200);
      return { ...rest, process: { ...process, startedAt: 100_000 - age } };
    };
    expect(asked(growing, [born(every - 1)])).toEqual([]);
    expect(asked(growing, [born(every)])).toEqual(['1 series']);
  });

  it('is asked for only of who may hold enough for it to matter', () => {
    const from = (least: number): Rule => {
      const [want] = growing.when.wants;
      return { ...growing, when: { ...growing.when, wants: want ? [{ ...want, least }] : [] } };
    };
    expect(asked(from(200 * MiB), [aged(every, { swap: 0 })])).toEqual(['1 series']);
    expect(asked(from(201 * MiB), [aged(every, { swap: 0 })])).toEqual([]);
    expect(asked(from(201 * MiB), [aged(every, { swap: MiB })])).toEqual(['1 series']);
  });

  it('gives way to a decision about the same process', () => {
    const both = [growing, { ...rule({ when: above('100MiB'), name: 'budget' }) }];
    const demands = demand(emptyMemory(), both, snapshot(100, [aged(every)]));
    expect(demands.map(({ urgency }) => urgency)).toEqual(['decide']);
    expect(demands[0]?.why()).toMatch(/^budget: pss of web is at most 200 MiB, the limit is 100 MiB$/);
  });
});

describe('coverage', () => {
  const of = rule({ by: 'host', when: threshold('below', { coverage: '70%' }) });
  const memory = { ...snapshot(0, []).memory, anon: 1_000 * MiB, mapped: 0 };
  const exactly = { low: 1_000 * MiB, high: 1_000 * MiB };
  const ask = (processes: readonly ProcessSample[], held = false): number[] => {
    const more = held ? { held: { anon: exactly, mapped: { low: 0, high: 0 } } } : {};
    const draft = snapshot(1_000, processes, { memory: { ...memory, ...more } });
    return demand(emptyMemory(), [of], draft).map(({ sample: { process } }) => process.pid);
  };

  it('is known without a reading where everybody is seen, and was read once', () => {
    const old = { last: reading(300) };
    expect(ask([bare(1, 600, old), bare(2, 400, old)], true)).toEqual([]);
    expect(ask([bare(1, 600, old), bare(2, 250), bare(3, 50, { unread: 'denied' })], true)).toEqual([]);
    // Whether the biggest newcomers may be read is all that matters.
    expect(ask([bare(1, 600, old), bare(2, 250), bare(3, 150)], true)).toEqual([2]);
    expect(ask([bare(1, 600), bare(2, 400, old)], true)).toEqual([1]);
    // So much may not be read that only the figures of the others tell.
    expect(ask([bare(1, 600, { unread: 'denied' }), bare(2, 800, old)], true)).toEqual([2]);
  });

  it('rests on readings elsewhere, each of which is good for five minutes', () => {
    const read = (mib: number, age: number): Partial<ProcessSample> => ({ last: reading(mib, 1_000_000 - age) });
    expect(ask([bare(1, 600, read(500, 0)), bare(2, 400, read(300, 299_000))])).toEqual([]);
    expect(ask([bare(1, 600, read(500, 0)), bare(2, 400, read(300, 301_000))])).toEqual([2]);
  });
});

describe('for views', () => {
  it('the biggest are asked for, as far as that is known, where their figures are old', () => {
    const old = (mib: number, at: number): Partial<ProcessSample> => ({ last: reading(mib, at) });
    const draft = snapshot(100, [
      bare(1, 100),
      bare(2, 900, old(50, 99_000)),
      bare(3, 300, old(250, 80_000)),
      bare(4, 400, old(350, 95_000)),
      { ...bare(5, 500), exact: reading(500) },
    ]);
    const demands = biggest(draft, 4, 10_000);
    expect(demands.map(({ sample: { process } }) => process.pid)).toEqual([3, 1]);
    expect(demands.every(({ urgency }) => urgency === 'show')).toBe(true);
  });

  it('who was never read is asked for once he has lived for a while', () => {
    const draft = snapshot(100, [bare(1, 5), bare(2, 5, { last: reading(5) }), bare(3, 5, { unread: 'denied' })]);
    expect(unknown(draft, 100_000).map(({ sample: { process } }) => process.pid)).toEqual([1]);
    expect(unknown(draft, 100_001)).toEqual([]);
  });
});
