import { type Course, type Courses, UNTREATED, withAct, withLast } from '../core/course.ts';
import { messageOf } from '../core/errors.ts';
import type { Bus } from './bus.ts';

/** So many places are remembered; those to which nothing was done for the longest time are forgotten first. */
const MOST = 1_000;

/** The courses of all places, with what is needed to keep them. */
export interface CourseBook extends Courses {
  /** Takes up all that is left to a person. */
  takeUpAll(why: string): void;
  /** Takes over what an earlier run of the program kept, and keeps what comes by `keep`; what that throws is told. */
  restore(kept: Readonly<Record<string, Course>>, keep: (courses: Readonly<Record<string, Course>>) => void): void;
}

/** Opens the book of what was done to whom. */
export function openCourses(bus: Pick<Bus, 'notice'>): CourseBook {
  const courses = new Map<string, Course>();
  let keep: (courses: Readonly<Record<string, Course>>) => void = () => undefined;
  const of = (lineage: string): Course => courses.get(lineage) ?? UNTREATED;
  const set = (lineage: string, course: Course): void => {
    courses.delete(lineage);
    courses.set(lineage, course);
    const [oldest] = courses.keys();
    if (courses.size > MOST && oldest !== undefined) courses.delete(oldest);
    try {
      keep(Object.fromEntries(courses));
    } catch (error) {
      const message = `what was done to ${lineage} can't be kept over a restart: ${messageOf(error)}`;
      bus.notice({ kind: 'state', severity: 'warning', message });
    }
  };
  const takeUp = (lineage: string, why: string): boolean => {
    const { handedOver, ...course } = of(lineage);
    if (handedOver === undefined) return false;
    // What was done before the change says nothing of what will help now.
    set(lineage, { ...course, acts: [] });
    const message = `${lineage} is restarted again when a rule asks for it: ${why}`;
    bus.notice({ kind: 'taken-up', severity: 'info', message, details: { lineage } });
    return true;
  };
  return {
    of,
    note: (lineage, act) => set(lineage, withAct(of(lineage), act)),
    revise: (lineage, act) => set(lineage, withLast(of(lineage), act)),
    handOver(lineage, why) {
      const course = of(lineage);
      if (course.handedOver !== undefined) return false;
      const state = course.acts.at(-1)?.state;
      set(lineage, { ...course, handedOver: { time: Date.now(), why, ...(state !== undefined && { state }) } });
      const message = `${lineage} is left to a person: ${why}`;
      bus.notice({ kind: 'handed-over', severity: 'critical', message, details: { lineage } });
      return true;
    },
    takeUp,
    takeUpAll(why) {
      for (const lineage of [...courses.keys()]) takeUp(lineage, why);
    },
    restore(kept, keepBy) {
      for (const [lineage, course] of Object.entries(kept)) courses.set(lineage, course);
      keep = keepBy;
    },
  };
}
