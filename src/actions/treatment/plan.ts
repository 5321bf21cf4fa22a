import type { Courses } from '../../core/course.ts';
import { lineageOf } from '../../core/lineage.ts';
import type { AlertEvent, EventProcess, Evidence, Part, Post, Ward } from '../../core/types.ts';
import type { Verification } from './verify.ts';

/** A way to restart something. */
export interface Way {
  /** @returns what was done. @throws Retry, Skip or Error where it was not, or did not work. */
  act(event: AlertEvent, members: readonly EventProcess[], signal: AbortSignal): Promise<string>;
  /** What the place is now, so that a change by somebody else is seen; `kept` is what it was when it was left to a person. */
  state?(event: AlertEvent, signal: AbortSignal, kept?: string): Promise<string | undefined>;
}

/** How a target is treated: what comes before and after the act, and what it must bring about. */
export interface Plan {
  readonly before: readonly Part[];
  readonly afterwards: readonly Part[];
  readonly handOver: readonly Part[];
  /** Act although a part before it failed. */
  readonly despite: boolean;
  readonly verification?: Verification | undefined;
  readonly way: Way;
  readonly ward?: Ward | undefined;
  readonly courses?: Courses | undefined;
  readonly evidence?: Evidence | undefined;
  /** Those of the event's processes that are still there. @throws Skip when all are gone. */
  present(event: AlertEvent): EventProcess[];
  lineage(event: AlertEvent): string;
}

/** What a plan is carried out with. */
export interface Means {
  readonly signal: AbortSignal;
  /** Keeps what is to be told of it until it was; absent where nobody does. */
  readonly post: Post | undefined;
}

/** The event's own lineage, where nothing better is known. */
export function plainLineage({ target }: AlertEvent): string {
  return lineageOf(target);
}

/** What time it is, Unix ms: that of the last snapshot, by which events are dated too. */
export function timeOf({ ward }: Pick<Plan, 'ward'>): number {
  return ward?.last()?.time ?? Date.now();
}
