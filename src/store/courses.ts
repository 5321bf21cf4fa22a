import type { Course } from '../core/course.ts';
import type { Database } from './database.ts';
import { keepNote, note } from './state.ts';

const NAME = 'courses';

/** The courses of all places, by lineage, as they were kept last. */
export function keptCourses(database: Database): Readonly<Record<string, Course>> {
  return note<Record<string, Course>>(database, NAME) ?? {};
}

/** Keeps them, on the disk before it returns: what was left to a person must not be restarted after a power failure. */
export function keepCourses(database: Database, courses: Readonly<Record<string, Course>>): void {
  database.transaction(() => keepNote(database, NAME, courses), 'now');
}
