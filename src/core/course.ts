/** One thing that was done to a place, and what came of it. */
export interface Act {
  /** Unix ms. */
  readonly time: number;
  /** `unproved`: it was done, and nobody asked what it brought about. */
  readonly outcome: 'helped' | 'useless' | 'failed' | 'unproved';
  /** Share of the memory that it gave back, 0 to 1, where that was read. */
  readonly freed?: number;
  /** What the place was afterwards, where that can be told: a unit's invocation, or a process. */
  readonly state?: string;
}

/** What was done to one place so far: plain data, which can be kept over a restart of psstop. */
export interface Course {
  /** The last few, oldest first. */
  readonly acts: readonly Act[];
  /** Left to a person: nothing more is done until somebody has changed something. */
  readonly handedOver?: Handover;
}

/** Why, and since when (Unix ms), a place is left to a person. */
export interface Handover {
  readonly time: number;
  readonly why: string;
  /** What the place was at that time, where that can be told: another is a real change. */
  readonly state?: string;
}

/** The courses of all places, whatever rule acts on them. */
export interface Courses {
  of(lineage: string): Course;
  note(lineage: string, act: Act): void;
  /** Leaves a place to a person, and says so. @returns false when it already is. */
  handOver(lineage: string, why: string): boolean;
  /** Takes it up again, and says so; nothing where it was not handed over. @returns whether it was. */
  takeUp(lineage: string, why: string): boolean;
}

/** So many acts are remembered for a place. */
const REMEMBERED = 20;

/** A place to which nothing has been done. */
export const UNTREATED: Course = { acts: [] };

/** A course with one more act. */
export function withAct(course: Course, act: Act): Course {
  return { ...course, acts: [...course.acts, act].slice(-REMEMBERED) };
}

/** How many of the last acts in a row did not help. */
export function uselessInARow({ acts }: Course): number {
  const helped = acts.findLastIndex(({ outcome }) => outcome === 'helped' || outcome === 'unproved');
  return acts.length - 1 - helped;
}
