import type { Course } from '../core/course.ts';
import type { Database } from './database.ts';
import { keepNote, note } from './state.ts';

const NAME = 'courses';
const EVIDENCE = 'evidence';

/** The courses of all places, by lineage, as they were kept last. */
export function keptCourses(database: Database): Readonly<Record<string, Course>> {
  return note<Record<string, Course>>(database, NAME) ?? {};
}

/** Keeps them, on the disk before it returns: what was left to a person must not be restarted after a power failure. */
export function keepCourses(database: Database, courses: Readonly<Record<string, Course>>): void {
  database.transaction(() => keepNote(database, NAME, courses), 'now');
}

/** Paths of what was captured, by alert, as they were kept last. */
export function keptEvidence(database: Database): Readonly<Record<string, readonly string[]>> {
  return note<Record<string, readonly string[]>>(database, EVIDENCE) ?? {};
}

/** Keeps them. After a power failure the files are still there, only not named. */
export function keepEvidence(database: Database, files: Readonly<Record<string, readonly string[]>>): void {
  database.transaction(() => keepNote(database, EVIDENCE, files), 'soon');
}
