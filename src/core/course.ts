/** One thing that was done to a place, and what came of it. */
export interface Act {
  /** Unix ms. */
  readonly time: number;
  /** `unproved`: it was done, and nobody asked what it brought about. */
  readonly outcome: 'helped' | 'useless' | 'failed' | 'unproved';
  /** Share of the memory that it gave back, 0 to 1, where that was read. */
  readonly freed?: number;
  /** What was held before it and after it, PSS and SwapPss in bytes, where that was read. */
  readonly before?: number;
  readonly after?: number;
  /** How long it did, ms: until something was to be done again. Absent: it still does. */
  readonly lasted?: number;
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
  /** Writes the last act anew: more is known of it. */
  revise(lineage: string, act: Act): void;
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

/** A course whose last act is another. */
export function withLast(course: Course, act: Act): Course {
  return { ...course, acts: [...course.acts.slice(0, -1), act] };
}

/**
 * What is known of an act once something is to be done again: how long it did, and that it did not help where that is less
 * than it had to. An act that failed did for no time. @param now Unix ms. @param lasts how long it had to do, ms.
 */
export function worn(act: Act, now: number, lasts = 0): Act {
  if (act.lasted !== undefined || act.outcome === 'failed' || now < act.time) return act;
  const lasted = now - act.time;
  return { ...act, lasted, outcome: lasted < lasts ? 'useless' : act.outcome };
}

/** How fast memory came back after the last act, bytes a ms; undefined where that was not read, or it did not. @param held what is held now. */
export function pace({ acts }: Course, held: number | undefined): number | undefined {
  const { after, lasted = 0 } = acts.at(-1) ?? {};
  if (held === undefined || after === undefined || lasted <= 0 || held <= after) return undefined;
  return (held - after) / lasted;
}

/** How many of the last acts in a row did not help. */
export function uselessInARow({ acts }: Course): number {
  const helped = acts.findLastIndex(({ outcome }) => outcome === 'helped' || outcome === 'unproved');
  return acts.length - 1 - helped;
}
