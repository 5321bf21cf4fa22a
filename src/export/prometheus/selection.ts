import { isGlob } from '../../core/glob.ts';
import { GROUP_LABELS, type GroupLabel } from '../../core/metric.ts';
import { quote } from './promql.ts';
import { CannotSay } from './rule-source.ts';

/** Matchers of a selection, and what they leave in that must go. */
export interface Selection {
  readonly matchers: readonly string[];
  readonly not?: Selection;
  /** Labels that the metrics must have. */
  readonly labels: ReadonlySet<GroupLabel>;
}

const TEXTS: readonly string[] = ['name', 'exe', 'user', 'unit', 'cgroup', 'container'];

const WHY: Readonly<Record<string, string>> = {
  cmdline: 'metrics have no command lines',
  parent: 'metrics know no parents',
  age: 'metrics tell no process from another by its age',
};

/** What `select` says as matchers of labels. @throws CannotSay where metrics do not have what it looks at. */
export function selectionOf(select: unknown): Selection {
  const data = typeof select === 'string' ? { name: select } : ((select ?? {}) as Record<string, unknown>);
  const { not, ...own } = data;
  const matchers: string[] = [];
  const labels = new Set<GroupLabel>();
  for (const [key, value] of Object.entries(own)) {
    if (!isLabel(key)) throw new CannotSay(`select: ${key}: ${WHY[key] ?? 'metrics do not have it'}`);
    labels.add(key);
    matchers.push(matcher(key, [value].flat().map(String)));
  }
  const excluded = not === undefined ? undefined : selectionOf(not);
  for (const label of excluded?.labels ?? []) labels.add(label);
  return { matchers, labels, ...(excluded && { not: excluded }) };
}

/** The series of a metric that are selected, with more matchers where they are given. */
export function series(metric: string, selection: Selection, more: readonly string[] = []): string {
  const matchers = [...more, ...selection.matchers];
  const own = matchers.length === 0 ? metric : `${metric}{${matchers.join(', ')}}`;
  if (selection.not === undefined) return own;
  const excluded = series(metric, selection.not, matchers);
  return `${own} unless ${selection.not.not === undefined ? excluded : `(${excluded})`}`;
}

function isLabel(key: string): key is GroupLabel {
  return (GROUP_LABELS as readonly string[]).includes(key);
}

/** One value of the list must hold. */
function matcher(label: GroupLabel, values: readonly string[]): string {
  const [only] = values;
  if (values.length === 1 && only !== undefined && !(TEXTS.includes(label) && isGlob(only))) {
    return `${label}=${quote(only)}`;
  }
  if (values.some((value) => /^\*+$/.test(value))) return `${label}!=""`;
  const wild = values.some(isGlob);
  const pattern = values.map((value) => (isGlob(value) ? globPattern(value) : literal(value))).join('|');
  // A name may have a line feed in it.
  return `${label}=~${quote(wild ? `(?s)${pattern}` : pattern)}`;
}

/** A glob as a regular expression of RE2. Stars alone need something there, and are no pattern. */
function globPattern(glob: string): string {
  return glob.replace(/\\(.)|\*+|[^*\\]|\\$/gs, (piece, escaped: string | undefined) => {
    if (escaped !== undefined) return literal(escaped);
    if (piece.startsWith('*')) return '.*';
    return piece === '?' ? '.' : literal(piece);
  });
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
