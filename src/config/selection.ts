import { OptionError } from '../core/errors.ts';
import { compileSelector, type RegexpCompiler, type SelectSpec } from '../core/select.ts';
import type { Selector } from '../core/types.ts';
import { formatDuration, parseDuration } from '../core/units.ts';
import type { SelectData } from './data.ts';
import type { Path } from './place.ts';

const LISTS = ['name', 'exe', 'cmdline', 'user', 'unit', 'cgroup', 'container', 'parent'] as const;

/** Compiles `select`. @throws OptionError when it can never match or a regular expression is malformed. */
export async function compileSelection(data: string | SelectData | undefined): Promise<Selector> {
  const select = typeof data === 'string' ? { name: data } : (data ?? {});
  const patterns = regexps(select);
  const compiler = patterns.length === 0 ? unused : await linearRegexps();
  for (const [path, pattern] of patterns) checkPattern(compiler, path, pattern);
  return compileSelector(specOf(select), describe(data), compiler);
}

/** What the user wrote, on one line. */
function describe(data: string | SelectData | undefined): string {
  if (data === undefined) return 'every process';
  if (typeof data === 'string') return data;
  return Object.entries(data)
    .map(([key, value]) => `${key} ${plain(value)}`)
    .join(', ');
}

function plain(value: unknown): string {
  if (Array.isArray(value)) return value.join(' or ');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([key, part]) => `${key} ${plain(part)}`)
    .join(' and ');
}

function specOf(select: SelectData): SelectSpec {
  const lists = LISTS.filter((key) => select[key] !== undefined).map((key) => [key, [select[key]].flat()]);
  return {
    ...(Object.fromEntries(lists) as SelectSpec),
    ...(select.pid !== undefined && { pid: [select.pid].flat() }),
    ...(select.age && { age: ages(select.age) }),
    ...(select.not && { not: specOf(select.not) }),
  };
}

function ages(age: NonNullable<SelectData['age']>): { above?: number; below?: number } {
  const above = age.above === undefined ? undefined : parseDuration(age.above);
  const below = age.below === undefined ? undefined : parseDuration(age.below);
  if (above !== undefined && below !== undefined && below <= above) {
    throw new OptionError(
      ['age', 'below'],
      `nothing is older than ${formatDuration(above)} and younger than ${formatDuration(below)}, so this never fires`,
    );
  }
  return { ...(above !== undefined && { above }), ...(below !== undefined && { below }) };
}

function regexps(select: SelectData, path: Path = []): [Path, string][] {
  const own = [select.cmdline ?? []].flat().map((pattern, index): [Path, string] => {
    return [[...path, 'cmdline', ...(Array.isArray(select.cmdline) ? [index] : [])], pattern];
  });
  return select.not ? [...own, ...regexps(select.not, [...path, 'not'])] : own;
}

function checkPattern(compiler: RegexpCompiler, path: Path, pattern: string): void {
  try {
    compiler(pattern);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error);
    throw new OptionError(path, `"${pattern}" is not a regular expression that RE2 knows: ${reason}`);
  }
}

const unused: RegexpCompiler = () => () => false;

/** RE2 matches in time linear in the text: command lines are written by strangers. Its 5 MB are loaded only where a rule needs them. */
async function linearRegexps(): Promise<RegexpCompiler> {
  const { RE2JS } = await import('re2js');
  const known = new Map<string, (text: string) => boolean>();
  return (pattern) => {
    const test = known.get(pattern) ?? re2(RE2JS.compile(pattern));
    known.set(pattern, test);
    return test;
  };
}

function re2(pattern: { matcher(text: string): { find(): boolean } }): (text: string) => boolean {
  return (text) => pattern.matcher(text).find();
}
