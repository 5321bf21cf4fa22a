import { advance } from '../../src/core/advance.ts';
import { emptyMemory } from '../../src/core/memory.ts';
import type { Condition, Measure, Rule } from '../../src/core/types.ts';
import { diceFrom } from './dice.ts';
import { newHost } from './host.ts';
import { live } from './life.ts';
import { LEVELS, type Quantile, SCOPES, type Scope } from './rules.ts';
import { Looker } from './samples.ts';

const STEPS = 120;

/** Looks at a simulated host for a while. @returns how big the targets of each scope are. `compile` makes one rule of each scope, in their order. */
export async function calibrate(seed: number, compile: (rules: string) => Promise<readonly Rule[]>): Promise<Quantile> {
  const written = SCOPES.map(
    ({ select, by }, index) =>
      `  - { name: scope-${index}, select: ${select}, by: ${by}, when: { above: { pss: 1TiB } } }\n`,
  );
  const seen = new Map(SCOPES.map((scope) => [scope, new Map<Measure, number[]>(LEVELS.map((level) => [level, []]))]));
  const compiled = await compile(`rules:\n${written.join('')}`);
  const rules = compiled.map((rule, index) => ({ ...rule, when: recorder(seen.get(SCOPES[index] as Scope)) }));
  const host = newHost(diceFrom(seed));
  const looker = new Looker();
  const memory = emptyMemory();
  for (let step = 0; step < STEPS; step += 1) {
    live(host, 5000);
    advance(memory, rules, looker.exact(host));
  }
  for (const figures of seen.values()) for (const list of figures.values()) list.sort((a, b) => a - b);
  return (scope, measure, share) => {
    const list = seen.get(scope)?.get(measure) ?? [];
    return list[Math.floor(share * (list.length - 1))] ?? 0;
  };
}

/** A condition that never holds, and remembers what it was asked of. */
function recorder(figures: ReadonlyMap<Measure, number[]> | undefined): Condition {
  return {
    wants: [],
    test(target) {
      for (const [measure, list] of figures ?? []) {
        const seen = target.measure(measure);
        if (seen !== undefined && Number.isFinite(seen.high)) list.push((seen.low + seen.high) / 2);
      }
      return { met: false, value: 0, limit: 1, unit: 'bytes', because: () => '' };
    },
  };
}
