import type { Given, OptionSpec } from './options.ts';
import type { World } from './world.ts';

/** One subcommand: its file in commands/ exports it as `command`. */
export interface Command {
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** What stands after the options: `RULE [TARGET]`; absent: nothing may. */
  readonly operands?: string;
  readonly options: readonly OptionSpec[];
  /** More about it, for help and the manual page: paragraphs. */
  readonly about?: readonly string[];
  /** A command line and what it does. */
  readonly examples?: readonly (readonly [string, string])[];
  /**
   * @param all gives every command there is, for those that tell of them.
   * @returns the exit code.
   */
  run(given: Given, world: World, all: () => Promise<readonly Command[]>): Promise<number>;
}
