/** From the root of a file's data to a value in it. */
export type Path = readonly (string | number)[];

/** Something wrong at a place in a user's file. The loader adds line and column. */
export interface Fault {
  readonly file: string;
  readonly path: Path;
  readonly message: string;
  /** True when the key at the end of the path is wrong, not its value. */
  readonly atKey?: boolean;
}

/** Prints a path as people write it: `rules[2].when.above.pss`. */
export function formatPath(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[\w-]+$/.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}

/** True when `path` is `start` or leads to something inside it. */
export function within(path: Path, start: Path): boolean {
  return start.length <= path.length && start.every((step, index) => path[index] === step);
}
