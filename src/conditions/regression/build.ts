import { OptionError } from '../../core/errors.ts';
import type { ProcessInfo, ProcessSample, TargetView } from '../../core/types.ts';

/** Where a build's name stands: a regular expression over one of these. */
export type BuildOptions = { readonly [K in 'cmdline' | 'exe' | 'cgroup']?: string };

/** Names the build that a target runs; undefined when it is not known. */
export type BuildOf = (target: TargetView) => string | undefined;

/**
 * Makes the way in which builds are told apart: that of the target's oldest process counts, which is the one that started the
 * others. Expressions take time linear in the text, which strangers write.
 * @throws OptionError when the expression can't be read.
 */
export async function builds(options: BuildOptions | undefined): Promise<BuildOf> {
  const [written] = Object.entries(options ?? {});
  if (written === undefined) return (target) => named(target, programOf);
  const [key, pattern] = written as [keyof BuildOptions, string];
  const find = await finder(key, pattern);
  const known = new WeakMap<ProcessInfo, string | null>();
  return (target) =>
    named(target, (process) => {
      const before = known.get(process);
      if (before !== undefined) return before ?? undefined;
      const found = find(process[key] ?? '');
      known.set(process, found ?? null);
      return found;
    });
}

function named({ members }: TargetView, name: (process: ProcessInfo) => string | undefined): string | undefined {
  let oldest: ProcessSample | undefined;
  for (const member of members) if (!oldest || member.process.startedAt < oldest.process.startedAt) oldest = member;
  return oldest && name(oldest.process);
}

function programOf({ exe, build }: ProcessInfo): string | undefined {
  return exe === undefined || build === undefined ? undefined : `${exe} ${build}`;
}

async function finder(key: string, pattern: string): Promise<(text: string) => string | undefined> {
  const { RE2JS } = await import('re2js');
  try {
    const compiled = RE2JS.compile(pattern);
    const group = compiled.groupCount() > 0 ? 1 : 0;
    return (text) => {
      const matcher = compiled.matcher(text);
      return matcher.find() ? (matcher.group(group) ?? undefined) : undefined;
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new OptionError(['build', key], `"${pattern}" is no regular expression: ${reason}`);
  }
}
