/** Lines of smaps_rollup and of comm (extended regular expression). A name has 15 bytes at most, and no line of the other file is as short. */
export const SWEPT_LINES = '^.{0,15}$|^Pss:|^SwapPss: *[1-9]';

/** What was read of one process. */
export interface Swept {
  readonly pid: number;
  /** As a binary string, one character a byte. */
  readonly comm: string;
  /** kB; -1 where it was not read. */
  readonly pss: number;
  /** kB */
  readonly swapPss: number;
}

const LETTER = { s: 115, P: 80 } as const;
/** What stands between the pid and the value, or the name. */
const NAME = '/comm:'.length;
const FIGURE = '/smaps_rollup:'.length;
const PSS = FIGURE + 'Pss:'.length;
const SWAP_PSS = FIGURE + 'SwapPss:'.length;
const UNIT = ' kB'.length;

/**
 * Reads the lines of a sweep: of each process `123/smaps_rollup:Pss:    45 kB`, then `123/comm:bash`, which are several lines
 * when there are line breaks in the name. Hot path of a short run: it is over before anything is optimized.
 * @returns those that have a name; undefined where a figure makes no sense.
 */
export function parseSwept(text: string): Swept[] | undefined {
  const found: Swept[] = [];
  let [read, pss, swapPss] = ['', 0, 0];
  for (let at = 0; at < text.length; ) {
    const slash = text.indexOf('/', at);
    const end = text.indexOf('\n', slash);
    const pid = text.slice(at, slash);
    at = end + 1;
    if (text.charCodeAt(slash + 1) !== LETTER.s) {
      const comm = text.slice(slash + NAME, end);
      if (pid === read) found.push({ pid: Number(pid), comm, pss, swapPss });
      else addName(found, Number(pid), comm);
      read = '';
    } else if (text.charCodeAt(slash + FIGURE) === LETTER.P) {
      [read, pss, swapPss] = [pid, Number(text.slice(slash + PSS, end - UNIT)), 0];
    } else {
      swapPss = Number(text.slice(slash + SWAP_PSS, end - UNIT));
    }
    if (Number.isNaN(pss + swapPss)) return undefined;
  }
  return found;
}

/** A further line of the last one's name, or the name of one whose memory was not read. */
function addName(found: Swept[], pid: number, comm: string): void {
  const last = found.at(-1);
  if (last?.pid === pid) found[found.length - 1] = { ...last, comm: `${last.comm}\n${comm}` };
  else found.push({ pid, comm, pss: -1, swapPss: 0 });
}
