import { biggest, demand, unknown } from '../../core/demand.ts';
import type { Memory } from '../../core/memory.ts';
import type { Demand, ProcessInfo, Rule, Snapshot } from '../../core/types.ts';

/** Who asks for readings. */
export interface Asking {
  readonly memory: Memory;
  rules(): readonly Rule[];
  /** Somebody looks at a table of the biggest processes. */
  readonly shown: boolean;
}

/** Rows of the live view that are kept fresh, and how old their figures may become, ms. */
const ROWS = 30;
const FRESH = 10_000;
/** A process that has lived so long is read once for everybody's sake: whatever is asked of it later, there is a figure. */
const SETTLED = 10_000;

/** What the daemon wants to be read: what the rules depend on, then what is looked at, then who was never read. */
export function demandsOf({ memory, rules, shown }: Asking): (draft: Snapshot) => Demand[] {
  return (draft) => {
    const needed = demand(memory, rules(), draft);
    const wanted = new Set(needed.map(({ sample }) => sample));
    const rest = [...(shown ? biggest(draft, ROWS, FRESH) : []), ...unknown(draft, SETTLED)];
    return [...needed, ...rest.filter(({ sample }) => !wanted.has(sample) && wanted.add(sample))];
  };
}

/** Whose resource limits the rules ask for; undefined: nobody's. Who is selected by the processes above it may be anybody. */
export function limitsAsked(rules: readonly Rule[]): ((process: ProcessInfo) => boolean) | undefined {
  const asking = rules.filter(({ when }) => when.asksLimits);
  if (asking.length === 0) return undefined;
  return (process) => asking.some(({ select }) => select.changing || select.matches(process, () => undefined));
}
