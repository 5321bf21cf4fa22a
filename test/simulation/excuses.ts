import type { Memory } from '../../src/core/memory.ts';
import type { Target } from '../../src/core/target.ts';

/** A sample that was missed is forgotten by every rule after so many more. */
const LASTING = 10;

/** Targets of whom a reader said that it could not decide: until their alerts have been the same as the oracle's for a while. */
export class Excuses {
  readonly #left = new Map<string, number>();
  /** How often one was declared undecided. */
  count = 0;

  /** True where a difference is what was declared. */
  has(rule: string, key: string): boolean {
    return this.#left.has(`${rule} ${key}`);
  }

  /** Notes how both stand after a snapshot. */
  note(oracle: Memory, led: Memory): void {
    for (const [rule, { targets }] of led.byRule) {
      const known = oracle.byRule.get(rule)?.targets;
      if (known === undefined) continue;
      for (const [key, target] of targets) this.#note(`${rule.name} ${key}`, target, known.get(key));
    }
  }

  #note(id: string, target: Target, theirs: Target | undefined): void {
    // Whom nobody may read, the oracle can't decide either.
    if (target.undecided && !theirs?.undecided) {
      this.count += 1;
      this.#left.set(id, LASTING);
    } else if (this.#left.has(id) && isAlike(target, theirs)) this.#age(id);
  }

  #age(id: string): void {
    const left = (this.#left.get(id) ?? 0) - 1;
    if (left > 0) this.#left.set(id, left);
    else this.#left.delete(id);
  }
}

function isAlike({ alert }: Target, other: Target | undefined): boolean {
  return other !== undefined && alert.phase === other.alert.phase && alert.since === other.alert.since;
}
