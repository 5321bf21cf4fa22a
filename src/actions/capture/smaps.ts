import { formatSize } from '../../core/units.ts';

/** What each kind of mapping holds, PSS and SwapPss together in bytes: by file, `[heap]`, `[anon:v8]` and the like; without a name `anonymous`. */
export type Holdings = ReadonlyMap<string, number>;

const HEADER = /^[0-9a-f]+-[0-9a-f]+ \S{4} [0-9a-f]+ \S+ \d+ *(.*)$/;
const FIGURE = /^(?:Pss|SwapPss): +(\d+) kB$/;
/** So many mappings that grew are shown. */
const SHOWN = 25;

/** Adds up the text of /proc/PID/smaps (proc_pid_smaps(5)). */
export function parseSmaps(text: string): Holdings {
  const held = new Map<string, number>();
  let name = 'anonymous';
  for (const line of text.split('\n')) {
    const header = HEADER.exec(line);
    if (header !== null) name = header[1] || 'anonymous';
    else {
      const figure = FIGURE.exec(line)?.[1];
      if (figure !== undefined) held.set(name, (held.get(name) ?? 0) + Number(figure) * 1024);
    }
  }
  return held;
}

/** What grew from one reading to the next, the most first, then what holds most: one line each. */
export function compareHoldings(before: Holdings, after: Holdings): string[] {
  const rows = [...after].map(([name, held]) => ({ name, held, grown: held - (before.get(name) ?? 0) }));
  const grown = rows.filter((row) => row.grown > 0).sort((a, b) => b.grown - a.grown);
  const biggest = rows.filter((row) => row.grown <= 0).sort((a, b) => b.held - a.held);
  return [...grown, ...biggest].slice(0, SHOWN).map(lineOf);
}

function lineOf({ name, held, grown }: { name: string; held: number; grown: number }): string {
  const change = grown === 0 ? '' : ` (${grown > 0 ? '+' : '-'}${formatSize(Math.abs(grown))})`;
  return `${formatSize(held)}${change}  ${name}`;
}
