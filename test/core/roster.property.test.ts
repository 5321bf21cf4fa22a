import fc from 'fast-check';
import { expect, it } from 'vitest';
import { advance } from '../../src/core/advance.ts';
import { assign, isOfAge } from '../../src/core/assign.ts';
import { groupOf } from '../../src/core/group.ts';
import { emptyMemory } from '../../src/core/memory.ts';
import { Roster } from '../../src/core/roster.ts';
import { RuleMemory } from '../../src/core/rule-memory.ts';
import { compileSelector, type SelectSpec } from '../../src/core/select.ts';
import { noStanding } from '../../src/core/standing.ts';
import type { AlertEvent, Condition, GroupBy, Rule, Selector, Snapshot } from '../../src/core/types.ts';
import { played, scenes } from './random-world.ts';
import { MiB, pssAbove, rule } from './world.ts';

const SPECS: readonly SelectSpec[] = [
  { name: ['*'] },
  { name: ['web', 'db'] },
  { unit: ['a*'] },
  { parent: ['sh'] },
  { not: { parent: ['db'] } },
  { age: { above: 9_000 } },
  { name: ['w*'], age: { below: 12_000 } },
];

/** One for all rules that choose it, as the loader has it. */
const SHARED = SPECS.map(selectorOf);

/** Never one for two rules. */
function selectorOf(spec: SelectSpec): Selector {
  return compileSelector(spec, JSON.stringify(spec), () => () => false);
}

const counting: Condition = {
  wants: [{ window: 60_000, value: (target) => target.measure('count')?.low }],
  wholeSelection: true,
  test: (target) => {
    const [want] = counting.wants;
    const value = target.members.length;
    const seen = want ? target.series(want).length : 0;
    return { met: value < 2, value, limit: 2, unit: 'count', because: () => `${value} of ${seen}` };
  },
};

interface Written {
  readonly select: number;
  readonly by: GroupBy;
  readonly whole: boolean;
}

const written: fc.Arbitrary<Written> = fc.record({
  select: fc.nat(SPECS.length - 1),
  by: fc.constantFrom<GroupBy>('name', 'unit', 'process', 'tree', 'host', 'host'),
  whole: fc.boolean(),
});
const ruleSets = fc.array(written, { minLength: 1, maxLength: 6 });
/** The rules that there are, and which of them are in force at each snapshot. */
const reloads = fc.array(fc.array(fc.nat(5), { maxLength: 6 }), { minLength: 1, maxLength: 12 });

function compile({ select, by, whole }: Written, index: number, selectors: readonly Selector[]): Rule {
  const selector = selectors[select] ?? rule().select;
  const when = whole && by === 'host' ? counting : pssAbove(100 * MiB);
  return rule({ name: `r${index}`, key: `r${index} ${select} ${by}`, select: selector, by, when, for: index * 2_000 });
}

/** Who counts for what, found anew: `group: pids` in a row. */
function naive({ select, by, when }: Rule, { processes, uptime }: Snapshot): string[] {
  const byPid = new Map(processes.map(({ process }) => [process.pid, process]));
  const parents = (pid: number) => byPid.get(pid);
  const groups = new Map<string, number[]>();
  if (when.wholeSelection) groups.set('', []);
  for (const { process, unread } of processes) {
    const group = groupOf(process, by, { selector: select, parents });
    const counts = select.matches(process, parents) && isOfAge(process, select.age, uptime) && unread !== 'gone';
    if (group && counts) groups.set(group.key, [...(groups.get(group.key) ?? []), process.pid]);
  }
  return [...groups].map(([key, pids]) => `${key}: ${pids.join(' ')}`).sort();
}

function assigned({ targets }: RuleMemory, taken: Snapshot): string[] {
  const there = [...targets.values()].filter((target) => target.snapshot === taken && target.settle());
  return there.map(({ key, members }) => `${key}: ${members.map(({ process }) => process.pid).join(' ')}`).sort();
}

/** Gives up whoever has nobody left, as judging does. */
function dropEmpty(ofRule: RuleMemory, taken: Snapshot): void {
  for (const target of ofRule.targets.values()) {
    if (target.snapshot !== taken || !target.settle()) ofRule.drop(target);
  }
}

it('divides processes as if it did so for the first time, whatever becomes of them', () => {
  fc.assert(
    fc.property(ruleSets, scenes, fc.boolean(), (all, story, shared) => {
      const rules = all.map((one, index) => compile(one, index, shared ? SHARED : SPECS.map(selectorOf)));
      const ofRules = rules.map((one) => new RuleMemory(one, noStanding()));
      const roster = new Roster(ofRules);
      for (const taken of played(story)) {
        assign(roster, taken);
        for (const ofRule of ofRules) {
          expect(assigned(ofRule, taken)).toEqual(naive(ofRule.rule, taken));
          dropEmpty(ofRule, taken);
        }
      }
    }),
    { seed: 7, numRuns: 1_500 },
  );
});

it('judges alike whether rules share a selection or each has its own, over reloads too', () => {
  fc.assert(
    fc.property(ruleSets, scenes, reloads, (all, story, inForce) => {
      const judged = (selectors: () => readonly Selector[]): AlertEvent[] => {
        const memory = emptyMemory();
        let rules: readonly Rule[] = [];
        return [...played(story)].flatMap((taken, index) => {
          // Every second time nothing is read anew.
          const chosen = new Set(inForce[index >> 1]);
          const compiled = selectors();
          const anew = all.map((one, place) => compile(one, place, compiled)).filter((_, place) => !chosen.has(place));
          if (index % 2 === 0) rules = anew;
          const events = advance(memory, rules, taken);
          for (const ofRule of memory.byRule.values())
            expect(members(ofRule, taken)).toEqual(naive(ofRule.rule, taken));
          return events;
        });
      };
      const each = (): readonly Selector[] =>
        new Proxy(SHARED, { get: (_, key) => selectorOf(SPECS[Number(key)] ?? {}) });
      expect(judged(() => SPECS.map(selectorOf))).toEqual(judged(each));
    }),
    { seed: 11, numRuns: 800 },
  );
});

/** The members of those that were seen in a snapshot, and were not given up. */
function members({ targets }: RuleMemory, taken: Snapshot): string[] {
  const there = [...targets.values()].filter((target) => target.snapshot === taken && isJudged(target));
  return there.map(({ key, group }) => `${key}: ${group.members.map(({ process }) => process.pid).join(' ')}`).sort();
}

function isJudged({ rule: { when }, group }: { rule: Rule; group: { isEmpty: boolean } }): boolean {
  return !group.isEmpty || when.wholeSelection === true;
}
