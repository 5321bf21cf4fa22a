import type { GroupLabel } from '../../core/metric.ts';
import type { Rule } from '../../core/types.ts';

/** A rule to be exported: as it was compiled, and what it was compiled from, variables filled in. */
export interface RuleSource {
  readonly rule: Pick<Rule, 'name' | 'summary' | 'severity' | 'labels' | 'by' | 'for' | 'keep' | 'noData'> & {
    readonly when: Pick<Rule['when'], 'wholeSelection'>;
  };
  readonly select: unknown;
  readonly when: unknown;
  readonly message: string;
  /** Keys of the rule that say who is told, and when. */
  readonly telling: readonly string[];
}

/** What is known of the hosts whose metrics Prometheus scrapes. */
export interface Fleet {
  /** Labels that groups have where the sink has been configured; else any of them can be asked for, but `pid`. */
  readonly labels?: readonly GroupLabel[];
  /** From one snapshot to the next, ms. */
  readonly interval: number;
}

/** A rule, or a part of one, can't be said in PromQL; the message is why. */
export class CannotSay extends Error {}
