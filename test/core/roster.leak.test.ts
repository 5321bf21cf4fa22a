import { queryObjects } from 'node:v8';
import { expect, it } from 'vitest';
import { advance } from '../../src/core/advance.ts';
import { Members } from '../../src/core/members.ts';
import { emptyMemory } from '../../src/core/memory.ts';
import { Partition } from '../../src/core/partition.ts';
import { Target } from '../../src/core/target.ts';
import type { ProcessInfo, ProcessSample, Rule, Snapshot } from '../../src/core/types.ts';
import { MiB, pssAbove, rule, sample, snapshot } from './world.ts';

const THERE = 40;
const SNAPSHOTS = 4_000;

/** Classes, so that those that are still held can be counted. */
class Somebody {
  constructor(process: ProcessInfo) {
    Object.assign(this, process);
  }
}
class Taken {
  constructor(taken: Snapshot) {
    Object.assign(this, taken);
  }
}

/** How many are held after a collection. */
function held(...kinds: (new (...given: never[]) => object)[]): number[] {
  return kinds.map((kind) => queryObjects(kind as new () => object, { format: 'count' }));
}

function makeRules(): Rule[] {
  const { select } = rule();
  const when = { ...pssAbove(100 * MiB), wants: [{ window: 60_000, value: () => 1 }] };
  const count = { wants: [], wholeSelection: true, test: () => undefined };
  return [
    rule({ name: 'names', key: 'names', select, when }),
    rule({ name: 'same', key: 'same', select }),
    rule({ name: 'each', key: 'each', select, by: 'process', when }),
    rule({ name: 'trees', key: 'trees', of: { parent: ['p1*'] }, by: 'tree' }),
    rule({ name: 'young', key: 'young', of: { age: { below: 20_000 } }, by: 'process' }),
    rule({ name: 'old', key: 'old', of: { age: { above: 20_000 } } }),
    rule({ name: 'whole', key: 'whole', of: { name: ['p7*'] }, by: 'host', when: count }),
  ];
}

it('keeps nothing of those who are gone, however many have come and gone', () => {
  const memory = emptyMemory();
  let rules = makeRules();
  let there: ProcessSample[] = [];
  let made = 0;
  const comeAnew = (seconds: number): ProcessSample => {
    made += 1;
    const ppid = there[made % 7]?.process.pid ?? 1;
    const one = sample({ pid: 2 + (made % 500), ppid, name: `p${made % 97}`, startedAt: seconds * 1000, pss: MiB });
    return { ...one, process: new Somebody(one.process) as unknown as ProcessInfo };
  };
  const live = (from: number, to: number): void => {
    for (let i = from; i < to; i += 1) {
      const seconds = 1_000 + 5 * i;
      const stay = there.slice(1 + (i % 3));
      while (stay.length < THERE) stay.splice(i % (stay.length + 1), 0, comeAnew(seconds));
      there = stay;
      if (i % 100 === 0) rules = makeRules();
      // Now and then everybody ends while they are read.
      const gone = i % 100 === 50 ? there.map((one): ProcessSample => ({ ...one, unread: 'gone' })) : there;
      advance(memory, rules, new Taken(snapshot(seconds, gone)) as unknown as Snapshot);
    }
  };
  live(0, 200);
  const [members = 0, targets = 0] = held(Members, Target);
  live(200, SNAPSHOTS);
  const [later = 0, targetsLater = 0, partitions, people = 0, snapshots = 0] = held(
    Members,
    Target,
    Partition,
    Somebody,
    Taken,
  );
  expect(partitions).toBe(6);
  expect(later).toBeLessThanOrEqual(members + THERE);
  expect(targetsLater).toBeLessThanOrEqual(targets + THERE);
  expect(people).toBeLessThanOrEqual(2 * THERE);
  expect(snapshots).toBeLessThanOrEqual(2);
  advance(memory, rules, snapshot(1_000_000, []));
  advance(memory, rules, snapshot(1_000_005, []));
  // The whole selection is there with nobody in it too.
  expect(held(Members, Target, Somebody, Taken)).toEqual([1, 1, expect.any(Number), expect.any(Number)]);
});
