/** One thing that is wrong in a user's text. */
export interface Problem {
  /** File, line and column (from 1), where they are known. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** Where in the data: `rules[2].when.above.pss`. */
  readonly path: string;
  /** What is wrong and what to write instead. */
  readonly message: string;
}

/** The user's rules or configuration are wrong. Exit code 2. */
export class RulesError extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.name = 'RulesError';
    this.problems = problems;
  }
}

/** An option that the schema lets through makes no sense. The loader adds file, line and column. */
export class OptionError extends Error {
  /** From the options that the plugin was given to the one that is wrong. */
  readonly path: readonly (string | number)[];
  constructor(path: readonly (string | number)[], message: string) {
    super(message);
    this.name = 'OptionError';
    this.path = path;
  }
}

/** An action could not do its work now: call it again later. */
export class Retry extends Error {
  /** Not before this many ms, where the receiver named a time (Retry-After). */
  readonly after: number | undefined;
  constructor(message: string, options: { after?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'Retry';
    this.after = options.after;
  }
}

/** An action has nothing to do: what it was to act on is gone, or has been dealt with. */
export class Skip extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Skip';
  }
}

/** What an exception says, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The system's name for what went wrong: `ENOSPC`, `ECONNREFUSED`; undefined where it has none. */
export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** Reads an option; what the reading throws becomes an OptionError that leads to the option. */
export function readOption<T>(path: readonly (string | number)[], read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new OptionError(path, messageOf(error));
  }
}

/** `file:line:column: path: message`, leaving out what is not known. */
export function formatProblem(problem: Problem): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(':');
  return [place, problem.path, problem.message].filter((part) => part !== '').join(': ');
}
