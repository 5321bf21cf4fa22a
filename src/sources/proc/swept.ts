/**
 * What awk(1) tells of the processes whose pids it finds on its standard input: `123Pss:    45 kB/bash`, from the third line of
 * smaps_rollup and from comm. What could not be read is left out, and nothing is told of who has no name. Further lines of a name
 * that has several begin with a slash, so that none can pass for another process. An awk reads two files in the time that grep
 * takes for them, and needs to be given neither of their names. The script means the same to mawk, gawk, the one true awk and busybox.
 * @param swap adds the line of SwapPss, for which the whole file has to be looked through: `123Pss:    45 kBSwapPss:    6 kB/bash`.
 */
export function sweepScript(swap: boolean): string {
  const further = swap ? 'while ((getline line < file) > 0) if (line ~ /^SwapPss:/) figures = figures line' : '';
  return `{
  file = $0 "/smaps_rollup"; figures = ""
  if ((getline line < file) > 0 && (getline line < file) > 0) getline figures < file
  ${further}
  close(file)
  file = $0 "/comm"
  if ((getline line < file) > 0) {
    print $0 figures "/" line
    while ((getline line < file) > 0) print "/" line
    close(file)
  }
}`;
}

/** What was read of processes, as columns: the i-th of each belongs to the i-th process. An object for each costs more than parsing it. */
export interface Swept {
  readonly pids: number[];
  /** As binary strings, one character a byte. */
  readonly comms: string[];
  /** kB; -1 where it was not read. */
  readonly pss: number[];
  /** kB */
  readonly swapPss: number[];
}

/** A process, or one more line of the last one's name. */
const LINE = /(?:(\d+)(?:Pss: +(\d+) kB(?:SwapPss: +(\d+) kB)?)?)?\/([^\n]*)\n/y;

/**
 * Reads what a sweep tells. Hot path of a short run, which is over before anything is optimized: one regular expression is
 * twice as fast as looking for the ends of lines.
 * @returns undefined where a line makes no sense.
 */
export function parseSwept(text: string): Swept | undefined {
  const found: Swept = { pids: [], comms: [], pss: [], swapPss: [] };
  const { pids, comms, pss, swapPss } = found;
  let end = 0;
  LINE.lastIndex = 0;
  for (let match = LINE.exec(text); match !== null; match = LINE.exec(text)) {
    end = LINE.lastIndex;
    const name = match[4] ?? '';
    if (match[1] === undefined) {
      comms[comms.length - 1] += `\n${name}`;
      continue;
    }
    pids.push(Number(match[1]));
    pss.push(Number(match[2] ?? -1));
    swapPss.push(Number(match[3] ?? 0));
    comms.push(name);
  }
  return end === text.length ? found : undefined;
}
