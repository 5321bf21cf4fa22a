import type { ReadStream, WriteStream } from 'node:tty';
import type { ListBy } from '../../core/list.ts';
import type { ActiveAlert, Sink, Undecided } from '../../core/types.ts';
import { linePainter } from './painter.ts';
import { render } from './render.ts';
import { type Follower, follow } from './view-state.ts';

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
  /** What they could not decide in the last snapshot. */
  readonly undecided?: () => readonly Undecided[];
  /** What is pending or firing. */
  readonly alerts?: () => readonly ActiveAlert[];
  /** `q` or Ctrl-C was pressed, or the terminal is gone. Close the sink then. */
  readonly onQuit?: () => void;
}

/** q, Ctrl-C, Ctrl-D. */
const QUIT = new Set(['q', 'Q', '\x03', '\x04']);
/** Ctrl-L. */
const REDRAW = '\x0c';
const GROUPINGS: readonly ListBy[] = ['process', 'name', 'unit', 'user'];

/** The live view, redrawn in place at each snapshot and event, line by line where something changed. Gives the terminal back as it was. */
export function terminalSink(display: Display, options: TerminalOptions): Sink {
  const follower = follow(options.by);
  const drawing = drawer(display, options, follower);
  const release = connect(display, options, {
    resize: drawing.anew,
    quit: once(() => options.onQuit?.()),
    group: grouper(follower, options.by),
    draw: drawing.soon,
    leave: drawing.end,
  });
  return {
    snapshot(snapshot): void {
      follower.snapshot(snapshot);
      drawing.soon();
    },
    event(event): void {
      follower.event(event);
      drawing.soon();
    },
    delivery(delivery): void {
      follower.delivery(delivery);
      drawing.soon();
    },
    close: once(() => {
      release();
      drawing.end();
    }),
  };
}

interface Drawing {
  /** Draws once for all that happens in one turn of the loop. */
  soon(): void;
  /** Draws all now. */
  anew(): void;
  /** Draws no more and leaves the screen. */
  end(): void;
}

function drawer(display: Display, { color, rules, undecided, alerts }: TerminalOptions, follower: Follower): Drawing {
  const painter = linePainter(display);
  let scheduled = false;
  let ended = false;
  const draw = (): void => {
    scheduled = false;
    const state = ended
      ? undefined
      : follower.state({ rules: rules?.(), undecided: undecided?.() ?? [], ...(alerts && { active: alerts() }) });
    if (state === undefined) return;
    const { columns = 80, rows = 24 } = display;
    painter.paint(render(state, { columns, rows, color }));
  };
  return {
    soon(): void {
      if (!scheduled) setImmediate(draw);
      scheduled = true;
    },
    anew(): void {
      painter.forget();
      draw();
    },
    end(): void {
      ended = true;
      painter.leave();
    },
  };
}

interface Handlers {
  readonly resize: () => void;
  readonly quit: () => void;
  readonly group: () => void;
  readonly draw: () => void;
  readonly leave: () => void;
}

/** Listens to the terminal and its keys. @returns what ends that. The screen is left too when the process ends without a word. */
function connect(display: Display, { keys }: TerminalOptions, on: Handlers): () => void {
  const key = (data: Buffer | string): void => {
    const text = data.toString();
    if (QUIT.has(text.charAt(0))) on.quit();
    else if (text === 'g') on.group();
    else if (text === REDRAW) on.resize();
    on.draw();
  };
  // After a stop the shell has set the terminal as it likes it.
  const resume = (): void => {
    keys?.setRawMode(false);
    keys?.setRawMode(true);
    on.resize();
  };
  display.on('resize', on.resize);
  display.on('error', on.quit);
  process.on('SIGCONT', resume);
  process.on('exit', on.leave);
  keys?.setRawMode(true);
  keys?.on('data', key);
  keys?.resume();
  return () => {
    display.off('resize', on.resize);
    process.off('SIGCONT', resume);
    process.off('exit', on.leave);
    keys?.off('data', key);
    keys?.setRawMode(false);
    keys?.pause();
  };
}

/** Groups by the next thing each time. */
function grouper(follower: Follower, first: ListBy = 'process'): () => void {
  let at = GROUPINGS.indexOf(first);
  return () => {
    at = (at + 1) % GROUPINGS.length;
    follower.group(GROUPINGS[at] ?? 'process');
  };
}

function once(act: () => void): () => void {
  let done = false;
  return () => {
    if (!done) act();
    done = true;
  };
}
