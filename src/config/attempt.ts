import type { OptionError } from '../core/errors.ts';
import type { Fault, Path } from './place.ts';

/** A value in a user's file. */
export interface Place {
  readonly file: string;
  readonly path: Path;
}

/** The place of a part of what stands at a place. */
export function inside(place: Place, ...steps: Path): Place {
  return { file: place.file, path: [...place.path, ...steps] };
}

/** Runs what may find a user's text wrong; if it does, keeps the fault and gives undefined. Bugs are thrown on. */
export async function attempt<T>(place: Place, faults: Fault[], run: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    faults.push(faultOf(error, place));
    return undefined;
  }
}

/** Turns what a plugin or reader threw about a user's text into a fault. @throws the error itself when it is a bug. */
export function faultOf(error: unknown, place: Place): Fault {
  if (!(error instanceof Error) || isBug(error)) throw error;
  const path = isOptionError(error) ? error.path : [];
  return { file: place.file, path: [...place.path, ...path], message: error.message };
}

/** Known by its name, too: a user's own plugin may have another copy of the class. */
export function isOptionError(error: unknown): error is OptionError {
  return error instanceof Error && error.name === 'OptionError' && Array.isArray((error as { path?: unknown }).path);
}

/** Errors that JavaScript throws for mistakes in a program; those with a code are thrown on purpose, by Node. */
function isBug(error: Error): boolean {
  const wrongProgram = error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;
  return wrongProgram && !('code' in error);
}
