/** Lines of smaps_rollup and of comm (extended regular expression). A name has 15 bytes at most, and no line of the other file is as short. */
export const SWEPT_LINES = '^.{0,15}$|^Pss:|^SwapPss: *[1-9]';
/** Where nothing is in swap: the first two of these of each file will do, and the rest of it need not be looked through. They show when a name has several lines, not all of them. */
export const FIRST_LINES = '^.{0,15}$|^[RP]ss:';

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

/** All lines of a process, or one line of a name: either a further one, or of a process whose memory was not read. */
const PROCESS =
  /(\d+)\/(?:smaps_rollup:(?:Rss:[^\n]*\n\1\/smaps_rollup:)?Pss: +(\d+) kB\n(?:\1\/smaps_rollup:SwapPss: +(\d+) kB\n)?(?:\1\/comm:([^\n]*)\n)?|comm:([^\n]*)\n)/y;

/**
 * Reads the lines of a sweep: of each process `123/smaps_rollup:Pss:    45 kB`, perhaps behind one for its Rss, then `123/comm:bash`, which are several lines
 * when there are line breaks in the name. Hot path of a short run, which is over before anything is optimized: one regular expression is
 * twice as fast as looking for the ends of lines.
 * @returns those that have a name; undefined where a line makes no sense.
 */
export function parseSwept(text: string): Swept | undefined {
  const found: Swept = { pids: [], comms: [], pss: [], swapPss: [] };
  const { pids, comms, pss, swapPss } = found;
  let end = 0;
  PROCESS.lastIndex = 0;
  for (let match = PROCESS.exec(text); match !== null; match = PROCESS.exec(text)) {
    end = PROCESS.lastIndex;
    const comm = match[4];
    if (comm !== undefined) {
      pids.push(Number(match[1]));
      pss.push(Number(match[2]));
      swapPss.push(Number(match[3] ?? 0));
      comms.push(comm);
    } else if (match[5] !== undefined) {
      addName(found, Number(match[1]), match[5]);
    }
  }
  return end === text.length ? found : undefined;
}

/** A further line of the last one's name, or the name of one whose memory was not read. */
function addName({ pids, comms, pss, swapPss }: Swept, pid: number, comm: string): void {
  const last = pids.length - 1;
  if (pids[last] === pid) {
    comms[last] += `\n${comm}`;
    return;
  }
  pids.push(pid);
  comms.push(comm);
  pss.push(-1);
  swapPss.push(0);
}
