// Alternate screen, no cursor, no wrapping at the right edge; and back (xterm control sequences).
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l';
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l';
const CLEAR = '\x1b[2J';
// Synchronized output: the terminal shows the change at once, without flicker; others ignore it.
const BEGIN = '\x1b[?2026h';
const END = '\x1b[?2026l';

/** Puts lines on a terminal's alternate screen, in place. */
export interface Painter {
  /** Shows the lines, the first at the top. Only those that changed are written, in one piece. */
  paint(lines: readonly string[]): void;
  /** Takes nothing on the screen for granted: the next time all is written. */
  forget(): void;
  /** Gives the terminal back as it was. */
  leave(): void;
}

/** Makes a painter. Nothing is written before the first lines come. */
export function linePainter(display: { write(text: string): unknown }): Painter {
  let shown: readonly string[] | undefined;
  let entered = false;
  return {
    paint(lines): void {
      const opening = `${entered ? '' : ENTER}${shown ? '' : CLEAR}`;
      const body = opening + changes(shown ?? [], lines);
      entered = true;
      shown = lines;
      if (body !== '') display.write(BEGIN + body + END);
    },
    forget(): void {
      shown = undefined;
    },
    leave(): void {
      if (entered) display.write(LEAVE);
      entered = false;
      shown = undefined;
    },
  };
}

/** What turns the lines before into the lines now. A line is erased before it is written: after a full one the cursor would stand on its last character. */
function changes(before: readonly string[], now: readonly string[]): string {
  let text = '';
  for (let row = 0; row < Math.max(before.length, now.length); row += 1) {
    const line = now[row] ?? '';
    if (line !== (before[row] ?? '')) text += `\x1b[${row + 1};1H\x1b[K${line}`;
  }
  return text;
}
