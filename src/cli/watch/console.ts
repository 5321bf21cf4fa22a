import type { Rule, Sink } from '../../core/types.ts';
import { terminalSink } from '../../sinks/screen/terminal-sink.ts';
import { linesSink } from '../../sinks/text/lines-sink.ts';
import { isJournal, lastingOutput } from '../../sinks/text/standard-output.ts';
import { type Given, textOf } from '../options.ts';
import { type World, wantsColor } from '../world.ts';

/** Opens the live view on a terminal, and plain lines everywhere else. */
export function openConsole(
  { given, world }: { given: Given; world: World },
  of: { heartbeat: number; rules(): readonly Rule[]; onQuit(): void },
): Sink {
  const { stdout, stdin, env } = world;
  const json = given.values.json === true;
  if (stdout.isTTY && !json && given.values.lines !== true && env.TERM !== 'dumb') {
    const color = wantsColor(stdout, textOf(given, 'color'), env);
    const keys = stdin.isTTY ? { keys: stdin } : {};
    const { onQuit, rules } = of;
    return terminalSink(stdout, { color, onQuit, rules: () => rules().length, ...keys });
  }
  return linesSink(lastingOutput(stdout), {
    heartbeat: of.heartbeat,
    priority: isJournal(stdout.fd, env.JOURNAL_STREAM),
    format: json ? 'ndjson' : 'text',
    onClosed: of.onQuit,
  });
}
