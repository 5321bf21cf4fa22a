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
  /** @returns the exit code. */
  run(given: Given, world: World): Promise<number>;
}

/** The commands by name, each loaded only when it is called: a list must start quickly. In the order of help. */
export const COMMANDS: Readonly<Record<string, () => Promise<{ readonly command: Command }>>> = {
  list: () => import('./commands/list.ts'),
  watch: () => import('./commands/watch.ts'),
  check: () => import('./commands/check.ts'),
  match: () => import('./commands/match.ts'),
  schema: () => import('./commands/schema.ts'),
  completion: () => import('./commands/completion.ts'),
  man: () => import('./commands/man.ts'),
  help: () => import('./commands/help.ts'),
};

/** Loads all of them. */
export async function allCommands(): Promise<Command[]> {
  const loaded = await Promise.all(Object.values(COMMANDS).map((load) => load()));
  return loaded.map(({ command }) => command);
}
