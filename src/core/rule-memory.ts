import type { Members } from './members.ts';
import type { Standing } from './standing.ts';
import { Target } from './target.ts';
import type { Rule } from './types.ts';

/** What one rule remembers. */
export class RuleMemory {
  readonly rule: Rule;
  readonly targets: Map<string, Target> = new Map();
  /** What its condition threw, or said to be wrong with it, if it ever did. */
  fault: unknown;
  readonly #standing: Standing;

  /** @param inherited the targets of the same rule before a reload. */
  constructor(rule: Rule, standing: Standing, inherited?: ReadonlyMap<string, Target>) {
    this.rule = rule;
    this.#standing = standing;
    for (const [key, target] of inherited ?? []) {
      // The histories that its condition wants are the old ones, in their order.
      target.rule = rule;
      this.targets.set(key, target);
    }
  }

  /** The target of a group. */
  target(group: Members): Target {
    const known = this.targets.get(group.key);
    if (known) return known;
    const target = new Target(this.rule, group, this.#standing);
    this.targets.set(group.key, target);
    return target;
  }

  /** Forgets a target that has no members any more. */
  drop(target: Target): void {
    target.release();
    this.targets.delete(target.key);
  }
}
