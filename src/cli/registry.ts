import type { Command } from './command.ts';

/** The commands by name, each loaded only when it is called: a list must start quickly. In the order of help. */
export const COMMANDS: Readonly<Record<string, () => Promise<{ readonly command: Command }>>> = {
  list: () => import('./commands/list.ts'),
  watch: () => import('./commands/watch.ts'),
  check: () => import('./commands/check.ts'),
  match: () => import('./commands/match.ts'),
  alerts: () => import('./commands/alerts.ts'),
  silence: () => import('./commands/silence.ts'),
  ack: () => import('./commands/ack.ts'),
  reload: () => import('./commands/reload.ts'),
  why: () => import('./commands/why.ts'),
  record: () => import('./commands/record.ts'),
  replay: () => import('./commands/replay.ts'),
  compare: () => import('./commands/compare.ts'),
  export: () => import('./commands/export.ts'),
  history: () => import('./commands/history.ts'),
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
