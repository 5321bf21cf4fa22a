import { formatSize } from '../../core/units.ts';

/** What each kind of mapping holds, PSS and SwapPss together in bytes: by file, `[heap]`, `[anon:v8]` and the like; without a name `anonymous`. */
export type Holdings = ReadonlyMap<string, number>;

const HEADER = /^[0-9a-f]+-[0-9a-f]+ \S{4} [0-9a-f]+ \S+ \d+ *(.*)$/;
const FIGURE = /^(?:Pss|SwapPss): +(\d+) kB$/;
/** So many mappings are shown. */
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

/** One kind of mapping in two readings: what it holds in the later one, and by how much more that is. */
export interface Change {
  readonly name: string;
  readonly held: number;
  readonly grown: number;
}

/** What grew from one reading to the next, the most first, then what holds most. */
export function changesOf(before: Holdings, after: Holdings): Change[] {
  const rows = [...after].map(([name, held]) => ({ name, held, grown: held - (before.get(name) ?? 0) }));
  const grown = rows.filter((row) => row.grown > 0).sort((a, b) => b.grown - a.grown);
  const biggest = rows.filter((row) => row.grown <= 0).sort((a, b) => b.held - a.held);
  return [...grown, ...biggest];
}

/** The same by the kind of mapping, and then mapping by mapping: one line each. */
export function compareHoldings(before: Holdings, after: Holdings): string[] {
  const kinds = changesOf(byKind(before), byKind(after)).map((row) => lineOf(row));
  return [...kinds, '-', ...changesOf(before, after).slice(0, SHOWN).map(lineOf)];
}

/** Adds up mappings: `heap` (brk), `anonymous` (malloc's own and most runtimes'), `named anonymous` (`[anon:…]`), `stack`, `shared memory`, `files`. */
function byKind(holdings: Holdings): Holdings {
  const kinds = new Map<string, number>();
  for (const [name, held] of holdings) {
    const kind = kindOf(name);
    kinds.set(kind, (kinds.get(kind) ?? 0) + held);
  }
  return kinds;
}

function kindOf(name: string): string {
  if (name === 'anonymous') return name;
  if (name === '[heap]') return 'heap';
  if (name.startsWith('[anon')) return 'named anonymous';
  if (name.startsWith('[stack')) return 'stack';
  if (/^\/(?:dev\/shm\/|memfd:|SYSV|dev\/zero)/.test(name)) return 'shared memory';
  return name.startsWith('/') ? 'files' : 'others';
}

function lineOf({ name, held, grown }: Change): string {
  const change = grown === 0 ? '' : ` (${grown > 0 ? '+' : '-'}${formatSize(Math.abs(grown))})`;
  return `${formatSize(held)}${change}  ${name}`;
}
