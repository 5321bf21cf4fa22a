import { OptionError } from '../../core/errors.ts';
import type { ProcessInfo } from '../../core/types.ts';

/** Where a build's name stands: a regular expression over one of these. */
export type BuildOptions = { readonly [K in 'cmdline' | 'exe' | 'cgroup']?: string };

/** Names the build that a process runs; undefined when it is not known. */
export type BuildOf = (process: ProcessInfo) => string | undefined;

/**
 * Makes the way in which builds are told apart. Expressions take time linear in the text, which strangers write.
 * @throws OptionError when the expression can't be read.
 */
export async function builds(options: BuildOptions | undefined): Promise<BuildOf> {
  const [written] = Object.entries(options ?? {});
  if (written === undefined) return programOf;
  const [key, pattern] = written as [keyof BuildOptions, string];
  const find = await finder(key, pattern);
  return (process) => find(process[key] ?? '');
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
