import { describe, expect, it } from 'vitest';
import { assign } from '../../src/core/assign.ts';
import { Roster } from '../../src/core/roster.ts';
import { RuleMemory } from '../../src/core/rule-memory.ts';
import { NO_SNAPSHOT, noStanding } from '../../src/core/standing.ts';
import type { ParentLookup, ProcessInfo, Rule, Selector } from '../../src/core/types.ts';
import { rule, sample, snapshot } from './world.ts';

const process = (pid: number, ppid: number, name: string): ProcessInfo => sample({ pid, ppid, name }).process;

/** Selects everybody, and notes whose ancestors it was asked for. */
class Ancestors implements Selector {
  readonly changing = true;
  readonly text = 'everybody';
  looked: string[] = [];

  matches(process: ProcessInfo, parents: ParentLookup): boolean {
    const names: string[] = [];
    for (let up: ProcessInfo | undefined = process; up && names.length < 9; up = parents(up.ppid)) names.push(up.name);
    this.looked.push(names.join(' < '));
    return true;
  }
}

/** Lines of names from a process up to the topmost one above it, of those who were looked up in a snapshot. */
function lineages() {
  const select = new Ancestors();
  const roster = new Roster([new RuleMemory(rule({ select }), noStanding())]);
  let uptime = 0;
  return (...processes: ProcessInfo[]): string[] => {
    select.looked = [];
    const samples = processes.map((process) => ({ process, rss: 0 }));
    assign(roster, snapshot(++uptime, samples));
    return select.looked;
  };
}

/** Who is in which group after each snapshot, of some rules. */
function groups(...rules: Rule[]) {
  const ofRules = rules.map((one) => new RuleMemory(one, noStanding()));
  const roster = new Roster(ofRules);
  let uptime = 100;
  return (...processes: ProcessInfo[]): string[] => {
    const taken = snapshot(
      ++uptime,
      processes.map((process) => ({ process, rss: 0 })),
    );
    assign(roster, taken);
    return ofRules.map(({ targets }) =>
      [...targets.values()]
        .filter((target) => target.snapshot === taken)
        .map(({ key, group }) => {
          group.settle();
          return `${key}: ${group.members.map((member) => member.process.pid).join(' ')}`;
        })
        .join(', '),
    );
  };
}

const init = process(1, 0, 'init');
const shell = process(20, 1, 'sh');
const job = process(30, 20, 'job');

describe('those above a process', () => {
  it('are looked up again only where one of them has changed', () => {
    const see = lineages();
    expect(see(init, shell, job)).toEqual(['init', 'sh < init', 'job < sh < init']);
    expect(see(init, shell, job)).toEqual([]);
    const other = process(31, 1, 'other');
    expect(see(init, shell, job, other)).toEqual(['other < init']);
    const renamed = { ...shell, name: 'bash' };
    expect(see(init, renamed, job, other)).toEqual(['bash < init', 'job < bash < init']);
  });

  it('may have ended, come in between, and come back', () => {
    const see = lineages();
    see(init, shell, job);
    expect(see(init, job)).toEqual(['job']);
    expect(see(init, shell, job)).toEqual(['sh < init', 'job < sh < init']);
    const adopted = { ...job, ppid: 1 };
    expect(see(init, shell, adopted)).toEqual(['job < init']);
  });

  it('may stand anywhere in the list', () => {
    const see = lineages();
    expect(see(job, shell, init).sort()).toEqual(['init', 'job < sh < init', 'sh < init']);
    expect(see(job, shell, { ...init, name: 'systemd' }).sort()).toEqual([
      'job < sh < systemd',
      'sh < systemd',
      'systemd',
    ]);
  });

  it('may form a ring', () => {
    const see = lineages();
    const [a, b] = [process(5, 6, 'a'), process(6, 5, 'b')];
    see(a, b);
    expect(see(a, b)).toEqual([]);
    const looked = see(a, { ...b, name: 'c' });
    expect(looked.find((line) => line.startsWith('a'))).toMatch(/^a < c < a/);
    expect(looked.find((line) => line.startsWith('c'))).toMatch(/^c < a < c/);
  });
});

describe('a roster', () => {
  const web = (pid: number) => process(pid, 1, 'web');
  const [one, two, three, four] = [web(1), web(2), web(3), process(4, 1, 'db')];

  it('follows whoever comes and goes, wherever they stand', () => {
    const see = groups(rule());
    expect(see(one, two, four)).toEqual(['web: 1 2, db: 4']);
    expect(see(one, two, three, four)).toEqual(['web: 1 2 3, db: 4']);
    expect(see(two, three, four)).toEqual(['web: 2 3, db: 4']);
    expect(see(three, two, one)).toEqual(['web: 3 2 1']);
    expect(see()).toEqual(['']);
    expect(see(four, one)).toEqual(['web: 1, db: 4']);
  });

  it('takes a process that has another name for another one, and one that has the pid of another', () => {
    const see = groups(rule());
    see(one, two);
    expect(see(one, { ...two, name: 'sh' })).toEqual(['web: 1, sh: 2']);
    expect(see(one, { ...two, start: 77 })).toEqual(['web: 1 2']);
  });

  it('divides once for rules that select and group alike, and apart for others', () => {
    const { select } = rule();
    let asked = 0;
    const counted: Selector = {
      ...select,
      matches: (process, parents) => {
        asked += 1;
        return select.matches(process, parents);
      },
    };
    const see = groups(
      rule({ name: 'a', select: counted }),
      rule({ name: 'b', select: counted }),
      rule({ name: 'c', select: counted, by: 'process' }),
    );
    expect(see(one, two)).toEqual(['web: 1 2', 'web: 1 2', '1.1: 1, 2.2: 2']);
    expect(asked).toBe(4);
    see(one, two);
    expect(asked).toBe(4);
  });

  it('counts nobody for a group who is too young or too old for it, until that changes', () => {
    const select = (age: Selector['age']): Rule => rule({ of: { ...(age && { age }) } });
    const see = groups(select({ above: 102_500 }), select({ below: 102_500 }));
    expect(see(one)).toEqual(['', 'web: 1']);
    see(one);
    expect(see(one)).toEqual(['web: 1', '']);
  });

  it('has the group of a whole selection with nobody in it', () => {
    const when = { wants: [], wholeSelection: true, test: () => undefined };
    const see = groups(rule({ of: { name: ['db'] }, by: 'host', when }), rule({ of: { name: ['db'] }, by: 'host' }));
    expect(see(one)).toEqual([': ', '']);
    expect(see(one, four)).toEqual([': 4', ': 4']);
  });

  it('forgets groups that nobody is in', () => {
    const ofRule = new RuleMemory(rule({ by: 'process' }), noStanding());
    const roster = new Roster([ofRule]);
    assign(roster, snapshot(1, [{ process: one, rss: 0 }]));
    const [target] = ofRule.targets.values();
    const first = target?.group;
    assign(roster, snapshot(2, []));
    if (target) ofRule.drop(target);
    assign(roster, snapshot(3, [{ process: one, rss: 0 }]));
    expect([...ofRule.targets.values()][0]?.group).not.toBe(first);
  });

  it('keeps no snapshot for those who have grown too old for a rule', () => {
    const ofRule = new RuleMemory(rule({ by: 'process', of: { age: { below: 5_500 } } }), noStanding());
    const roster = new Roster([ofRule]);
    assign(roster, snapshot(5, [{ process: one, rss: 0 }]));
    const [target] = ofRule.targets.values();
    const [group] = roster.groupsAt(0);
    expect(group?.members).toHaveLength(1);
    assign(roster, snapshot(6, [{ process: one, rss: 0 }]));
    if (target) ofRule.drop(target);
    expect(roster.groupsAt(0)[0]).toBe(group);
    expect(group).toMatchObject({ snapshot: NO_SNAPSHOT, members: [] });
  });

  it('counts nobody twice for a group who left it while another one came with the same pid', () => {
    const ofRules = [new RuleMemory(rule(), noStanding())];
    const roster = new Roster(ofRules);
    const see = (seconds: number, ...processes: ProcessInfo[]) =>
      assign(
        roster,
        snapshot(
          seconds,
          processes.map((process) => ({ process, rss: 0 })),
        ),
      );
    see(1, one, two);
    see(2, one, { ...one, start: 9 }, two);
    expect(roster.groupsAt(0)).toEqual([]);
    expect(roster.groupsOf(one)).toBeUndefined();
  });
});
