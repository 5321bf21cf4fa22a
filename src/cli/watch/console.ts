import type { DeliveryTally } from '../../core/outbox/standing.ts';
import type { ActiveAlert, Rule, Sink, Undecided } from '../../core/types.ts';
import type { LineStyle } from '../../sinks/text/event-lines.ts';
import { linesSink } from '../../sinks/text/lines-sink.ts';
import { isJournal, lastingOutput } from '../../sinks/text/standard-output.ts';
import { type Given, textOf } from '../options.ts';
import type { World } from '../world.ts';

/** What the console needs of the daemon. */
interface ConsoleOptions {
  /** How often to say that all is well, ms. */
  readonly heartbeat: number;
  rules(): readonly Rule[];
  /** What is pending or firing. */
  alerts(): readonly ActiveAlert[];
  /** What they could not decide in the last snapshot. */
  undecided(): readonly Undecided[];
  /** How deliveries stand. */
  deliveries(): DeliveryTally;
  onQuit(): void;
}

/** Opens the live view on a terminal, and plain lines everywhere else. */
export async function openConsole(given: Given, world: World, options: ConsoleOptions): Promise<Sink> {
  const { stdout, env } = world;
  const json = given.values.json === true;
  if (stdout.isTTY && !json && given.values.lines !== true && env.TERM !== 'dumb')
    return openView(given, world, options);
  const style: LineStyle = {
    priority: isJournal(stdout.fd, env.JOURNAL_STREAM),
    format: json ? 'ndjson' : 'text',
  };
  const { onQuit, ...standing } = options;
  return linesSink(lastingOutput(stdout, style), { ...style, ...standing, onClosed: onQuit });
}

/** A service never needs the view: it is not even loaded there. */
async function openView(given: Given, { stdout, stdin, env }: World, options: ConsoleOptions): Promise<Sink> {
  const { terminalSink } = await import('../../sinks/screen/terminal-sink.ts');
  const { wantsColor } = await import('../../sinks/screen/spans.ts');
  const flag = textOf(given, 'color') as 'auto' | 'always' | 'never' | undefined;
  return terminalSink(stdout, {
    color: wantsColor({ isTTY: true, env, ...(flag && { flag }) }),
    onQuit: options.onQuit,
    rules: () => options.rules().length,
    undecided: options.undecided,
    alerts: options.alerts,
    ...(stdin.isTTY && { keys: stdin }),
  });
}
