import type { ReadStream, WriteStream } from 'node:tty';
import type { ListBy } from '../../core/list.ts';
import type { Sink } from '../../core/types.ts';
import { linePainter } from './painter.ts';
import { render } from './render.ts';
import { follow } from './view-state.ts';

/** The part of a terminal that is written to. */
export type Display = Pick<WriteStream, 'write' | 'columns' | 'rows' | 'on' | 'off'>;
/** The part of a terminal that keys come from. */
export type Keys = Pick<ReadStream, 'on' | 'off' | 'resume' | 'pause' | 'setRawMode'>;

/** How the live view is shown. */
export interface TerminalOptions {
  readonly color: boolean;
  readonly by?: ListBy;
  /** Where keys come from; without it none are heard. */
  readonly keys?: Keys;
  /** How many rules watch now. */
  readonly rules?: () => number;
  /** `q` or Ctrl-C was pressed, or the terminal is gone. Close the sink then. */
  readonly onQuit?: () => void;
}

/** q, Ctrl-C, Ctrl-D. */
const QUIT = new Set(['q', 'Q', '\x03', '\x04']);
const GROUPINGS: readonly ListBy[] = ['process', 'name', 'unit', 'user'];

/** The live view, redrawn in place at each snapshot and event, line by line where something changed. Gives the terminal back as it was. */
export function terminalSink(display: Display, options: TerminalOptions): Sink {
  const follower = follow(options.by);
  const painter = linePainter(display);
  let by = options.by ?? 'process';
  let scheduled = false;
  let open = true;

  const draw = (): void => {
    scheduled = false;
    const state = open ? follower.state(options.rules?.()) : undefined;
    if (state === undefined) return;
    const { columns = 80, rows = 24 } = display;
    painter.paint(render(state, { columns, rows, color: options.color }));
  };
  // One drawing for all that happens in one turn of the loop.
  const schedule = (): void => {
    if (!scheduled) setImmediate(draw);
    scheduled = true;
  };
  const resize = (): void => {
    painter.forget();
    draw();
  };
  const quit = (): void => options.onQuit?.();
  const key = (data: Buffer | string): void => {
    const text = data.toString();
    if (QUIT.has(text.charAt(0))) quit();
    if (text === 'g') {
      by = GROUPINGS[(GROUPINGS.indexOf(by) + 1) % GROUPINGS.length] ?? 'process';
      follower.group(by);
      schedule();
    }
    if (text === '\x0c') resize();
  };

  const giveBack = connect({ display, options, resize, key, quit, leave: () => painter.leave() });
  return {
    snapshot(snapshot): void {
      follower.snapshot(snapshot);
      schedule();
    },
    event(event): void {
      follower.event(event);
      schedule();
    },
    delivery(delivery): void {
      follower.delivery(delivery);
      schedule();
    },
    close(): void {
      if (!open) return;
      open = false;
      giveBack();
    },
  };
}

interface Wiring {
  readonly display: Display;
  readonly options: TerminalOptions;
  readonly resize: () => void;
  readonly key: (data: Buffer | string) => void;
  readonly quit: () => void;
  readonly leave: () => void;
}

/** Listens to the terminal. @returns what undoes it all; it also runs when the process ends without having closed the view. */
function connect({ display, options, resize, key, quit, leave }: Wiring): () => void {
  const { keys } = options;
  display.on('resize', resize);
  display.on('error', quit);
  process.on('SIGCONT', resize);
  process.on('exit', leave);
  keys?.setRawMode(true);
  keys?.on('data', key);
  keys?.resume();
  return () => {
    display.off('resize', resize);
    process.off('SIGCONT', resize);
    process.off('exit', leave);
    keys?.off('data', key);
    keys?.setRawMode(false);
    keys?.pause();
    leave();
  };
}
