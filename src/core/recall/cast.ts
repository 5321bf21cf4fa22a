import { type Group, groupOf } from '../group.ts';
import type { PastLife } from '../history/past.ts';
import type { RuleMemory } from '../rule-memory.ts';
import type { ParentLookup, ProcessInfo } from '../types.ts';

/** A life that counted for a target. */
export interface Role {
  readonly life: PastLife;
  /** As it is known now, where it goes on. */
  readonly process: ProcessInfo;
}

/** A target of a rule, as it was in the past. */
export interface PastTarget {
  readonly ofRule: RuleMemory;
  readonly group: Group;
  readonly roles: Role[];
}

/** What one rule asks of the past. */
export interface Casting {
  readonly ofRule: RuleMemory;
  /** Keys of the targets that want a past; undefined: all do, also those that are no more. */
  readonly only: ReadonlySet<string> | undefined;
}

/**
 * Finds out whom a rule would have counted for what, had it been there. Command lines are not stored: where a selection
 * asks for the one of a life that is over, nobody can say who belonged to its target, and that is left without a past.
 */
export class Cast {
  readonly #castings: readonly Casting[];
  /** The processes that go on, by pid. */
  readonly #living: ReadonlyMap<number, ProcessInfo>;
  readonly #targets = new Map<RuleMemory, Map<string, PastTarget>>();
  readonly #doubtful = new Map<RuleMemory, Set<string>>();
  /** All of them, by pid, where a selection looks at the processes above. */
  readonly #families: Map<number, ProcessInfo[]> | undefined;
  readonly #lives: PastLife[] = [];

  constructor(castings: readonly Casting[], living: Iterable<ProcessInfo>) {
    this.#castings = castings;
    this.#living = new Map([...living].map((process) => [process.pid, process]));
    if (castings.some(({ ofRule }) => ofRule.rule.select.changing)) this.#families = new Map();
  }

  /** Takes a life; they come in the order in which they began. */
  add(life: PastLife): void {
    const process = this.#knownNow(life.process);
    for (const casting of this.#castings) {
      if (!casting.ofRule.rule.select.changing) this.#enter(casting, { life, process }, nobody);
    }
    if (this.#families === undefined) return;
    this.#lives.push(life);
    this.#families.set(process.pid, [...(this.#families.get(process.pid) ?? []), process]);
  }

  /** All lives are there. @returns the targets of which all members are known. */
  close(): PastTarget[] {
    for (const casting of this.#castings) {
      if (casting.ofRule.rule.select.changing) this.#enterFamilies(casting);
    }
    return [...this.#targets].flatMap(([ofRule, targets]) =>
      [...targets.values()].filter(({ group }) => this.#doubtful.get(ofRule)?.has(group.key) !== true),
    );
  }

  #enterFamilies(casting: Casting): void {
    for (const life of this.#lives) {
      const process = this.#knownNow(life.process);
      this.#enter(casting, { life, process }, (pid) => this.#parentOf(process, pid));
    }
  }

  /** Whoever had the pid when a process was started, the last of them. */
  #parentOf({ startedAt }: ProcessInfo, pid: number): ProcessInfo | undefined {
    const living = this.#living.get(pid);
    if (living && living.startedAt <= startedAt) return living;
    return this.#families?.get(pid)?.findLast((process) => process.startedAt <= startedAt);
  }

  #enter({ ofRule, only }: Casting, role: Role, parents: ParentLookup): void {
    const { rule } = ofRule;
    const asked = { cmdline: false };
    const process = role.process === role.life.process ? watched(role.process, asked) : role.process;
    const matches = rule.select.matches(process, parents);
    if (!matches && !asked.cmdline) return;
    const group = groupOf(role.process, rule.by, { selector: rule.select, parents });
    if (group === undefined || only?.has(group.key) === false) return;
    if (asked.cmdline) {
      setOf(this.#doubtful, ofRule).add(group.key);
      return;
    }
    const targets = this.#targets.get(ofRule) ?? new Map<string, PastTarget>();
    this.#targets.set(ofRule, targets);
    const known = targets.get(group.key) ?? { ofRule, group, roles: [] };
    targets.set(group.key, known);
    known.roles.push(role);
  }

  /** The same process as it is known now, with its command line, unless it runs another program by now. */
  #knownNow(process: ProcessInfo): ProcessInfo {
    const now = this.#living.get(process.pid);
    return now?.start === process.start && now.exe === process.exe ? now : process;
  }
}

/** Notes whether somebody asks for the command line, which is not known. */
function watched(process: ProcessInfo, asked: { cmdline: boolean }): ProcessInfo {
  return Object.defineProperty({ ...process }, 'cmdline', {
    get: () => {
      asked.cmdline = true;
      return undefined;
    },
  });
}

function setOf(sets: Map<RuleMemory, Set<string>>, ofRule: RuleMemory): Set<string> {
  const known = sets.get(ofRule) ?? new Set();
  sets.set(ofRule, known);
  return known;
}

const nobody: ParentLookup = () => undefined;
