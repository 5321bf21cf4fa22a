import { readFileSync } from 'node:fs';

/** Units in which this machine's kernel counts. */
export interface Machine {
  /** Bytes of a page: statm counts in them. */
  readonly page: number;
  /** Clock ticks a second: start times are in them. */
  readonly ticks: number;
}

const [AT_NULL, AT_PAGESZ, AT_CLKTCK] = [0, 6, 17];
/** True of nearly every machine: USER_HZ is 100 wherever Node runs, and pages are 4 KiB on x86. */
const USUAL: Machine = { page: 4096, ticks: 100 };

/** Asks the auxiliary vector (getauxval(3)) of this process; Node itself tells neither figure. */
export function readMachine(path = '/proc/self/auxv'): Machine {
  try {
    return parseAuxv(readFileSync(path));
  } catch {
    return USUAL;
  }
}

/** Pairs of a key and a value, each as long as a pointer: 64 bits are tried, else the usual figures hold. */
function parseAuxv(bytes: Buffer): Machine {
  const words = new BigUint64Array(new Uint8Array(bytes).buffer, 0, bytes.length >> 3);
  const found = new Map<number, number>();
  for (let i = 0; i + 1 < words.length && Number(words[i]) !== AT_NULL; i += 2) {
    found.set(Number(words[i]), Number(words[i + 1]));
  }
  return { page: found.get(AT_PAGESZ) ?? USUAL.page, ticks: found.get(AT_CLKTCK) ?? USUAL.ticks };
}
