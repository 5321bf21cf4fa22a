import type { ListBy } from '../core/list.ts';
import type { Sink, SinkContext, SinkPlugin } from '../core/types.ts';
import { wantsColor } from './screen/spans.ts';
import { terminalSink } from './screen/terminal-sink.ts';

interface Options {
  readonly by?: ListBy;
  readonly color?: 'always' | 'never' | 'auto';
}

const plugin: SinkPlugin = {
  summary: 'Shows a live view on the terminal: processes by PSS, alerts, events',
  example: { by: 'process', color: 'auto' },
  schema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      by: { enum: ['process', 'name', 'unit', 'container', 'user'], description: 'What a row is. Default: process.' },
      color: { enum: ['always', 'never', 'auto'], description: 'Default: auto, which honours NO_COLOR.' },
    },
  },
  create: terminal,
};
export default plugin;

/** Without a terminal on standard output it shows nothing. */
function terminal({ by = 'process', color = 'auto' }: Options, context: SinkContext): Sink {
  const { stdout, stdin, env } = process;
  if (!context.live || !stdout.isTTY) return {};
  return terminalSink(stdout, {
    by,
    color: wantsColor({ isTTY: true, env, flag: color }),
    ...(context.undecided && { undecided: context.undecided }),
    ...(context.alerts && { alerts: context.alerts }),
    ...(stdin.isTTY && { keys: stdin, onQuit: () => process.kill(process.pid, 'SIGINT') }),
  });
}
