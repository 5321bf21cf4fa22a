import { type Group, wholeSelection } from './group.ts';
import { type GroupKeeper, Members } from './members.ts';
import type { RuleMemory } from './rule-memory.ts';
import { NO_SNAPSHOT } from './standing.ts';
import type { GroupBy, Rule, Selector, Snapshot } from './types.ts';

/** The processes of a selection, divided into groups: once for all rules that select and group alike. */
export class Partition implements GroupKeeper {
  readonly select: Selector;
  readonly by: GroupBy;
  readonly #rules: RuleMemory[] = [];
  readonly #groups = new Map<string, Members>();
  readonly whole: boolean;

  constructor(rule: Rule) {
    this.select = rule.select;
    this.by = rule.by;
    this.whole = isWhole(rule);
    if (this.whole) this.#everybody().hold();
  }

  /** Whether a rule's targets are these groups. */
  suits(rule: Rule): boolean {
    return rule.select === this.select && rule.by === this.by && isWhole(rule) === this.whole;
  }

  /** A rule that selects and groups like this; its targets are kept. */
  add(ofRule: RuleMemory): void {
    this.#rules.push(ofRule);
    for (const target of ofRule.targets.values()) {
      const group = this.group(target.group);
      if (group.members.length < target.members.length) group.inherit(target.group);
      target.move(group);
    }
  }

  /** Another snapshot begins. */
  begin(snapshot: Snapshot): void {
    if (this.whole) this.#everybody().begin(snapshot);
  }

  /** The members of a group. */
  group(group: Group): Members {
    const known = this.#groups.get(group.key);
    if (known) return known;
    const made = new Members(group, NO_SNAPSHOT, this);
    this.#groups.set(group.key, made);
    return made;
  }

  /** Gives each rule a target of a group. */
  complete(group: Members): void {
    for (const ofRule of this.#rules) ofRule.target(group);
  }

  /** Nobody holds the group any more. */
  forget({ key }: Members): void {
    this.#groups.delete(key);
  }

  #everybody(): Members {
    return this.group(wholeSelection(this.select));
  }
}

function isWhole({ when, by }: Rule): boolean {
  return when.wholeSelection === true && by === 'host';
}
