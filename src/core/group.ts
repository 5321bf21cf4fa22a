import type { GroupBy, ParentLookup, ProcessInfo, ProcessSample, Rule, Selector, Snapshot } from './types.ts';

/** A target that a process belongs to. */
export interface Group {
  /** Unique within one rule. */
  readonly key: string;
  /** For people; not escaped. */
  readonly name: string;
}

/** The one target of a rule that looks at its selection as a whole. */
export function wholeSelection(selector: Selector): Group {
  return { key: '', name: selector.text };
}

/** The target that a selected process is counted under, or undefined where it has none (no unit, no container …). */
export function groupOf(
  process: ProcessInfo,
  by: GroupBy,
  scope: { selector: Selector; parents: ParentLookup },
): Group | undefined {
  switch (by) {
    case 'host':
      return wholeSelection(scope.selector);
    case 'process':
      return single(process);
    case 'tree': {
      const root = scope.selector.root?.(process, scope.parents);
      return single(root ?? process);
    }
    default: {
      const name = process[by];
      return name === undefined || name === '' ? undefined : { key: name, name };
    }
  }
}

/** What a target is a run of, unique over all rules: a process is one of its unit or program; any other target has a name that outlives it. */
export function serviceOf({ name, by }: Rule, key: string, members: readonly ProcessSample[]): string {
  const process = members[0]?.process;
  const service = by === 'process' || by === 'tree' ? (process?.unit ?? process?.name ?? '') : key;
  return [name, by, service].join('\n');
}

/** Whether somebody of a selection, of the same name and unit as one that is gone, was started since then, ms after boot. */
export function hasHeir(
  { name, unit }: ProcessInfo,
  { selector, snapshot, since }: { selector: Selector; snapshot: Snapshot; since: number },
): boolean {
  const all = snapshot.processes.map(({ process }) => process);
  const alike = all.filter((one) => one.startedAt > since && one.name === name && one.unit === unit);
  if (alike.length === 0) return false;
  const byPid = new Map(all.map((one) => [one.pid, one]));
  return alike.some((one) => selector.matches(one, (pid) => byPid.get(pid)));
}

/** A process as a target of its own: the pid alone would be taken over by the next one that gets it. Joined texts are kept in one piece, which takes a third of the memory. */
function single({ pid, start, name }: ProcessInfo): Group {
  return { key: [pid, start].join('.'), name: [name, '[', pid, ']'].join('') };
}
