import { compileGlob, isGlob } from './glob.ts';
import type { ParentLookup, ProcessInfo, Selector } from './types.ts';

/**
 * A selection as written in a rule, with every value in a list: all keys must hold, of each list one value. Texts are
 * globs, `cmdline` holds regular expressions.
 */
export interface SelectSpec {
  readonly name?: readonly string[];
  readonly exe?: readonly string[];
  readonly cmdline?: readonly string[];
  readonly user?: readonly string[];
  readonly unit?: readonly string[];
  readonly cgroup?: readonly string[];
  readonly container?: readonly string[];
  readonly pid?: readonly number[];
  /** The process, or one above it, has this name. */
  readonly parent?: readonly string[];
  /** ms */
  readonly age?: { readonly above?: number; readonly below?: number };
  readonly not?: SelectSpec;
}

/** Makes a test from a regular expression; linear in the text's length, as strangers write the text. */
export type RegexpCompiler = (pattern: string) => (text: string) => boolean;

type Test = (process: ProcessInfo, parents: ParentLookup) => boolean;

const TEXT_KEYS = ['name', 'exe', 'user', 'unit', 'cgroup', 'container'] as const;
/** A bound for trees that a made-up or racing /proc turns into rings. */
const DEEPEST_TREE = 64;

/** Compiles a selection. `text` is what the user wrote, for people. */
export function compileSelector(spec: SelectSpec, text: string, regexp: RegexpCompiler): Selector {
  const tests = compileTests(spec, regexp);
  const isParent = spec.parent && anyGlob(spec.parent);
  return {
    text,
    changing: usesParent(spec),
    ...(spec.age && { age: spec.age }),
    ...(isParent && { root: (process, parents) => topmost(process, parents, isParent) }),
    matches: (process, parents) => tests.every((test) => test(process, parents)),
  };
}

function compileTests(spec: SelectSpec, regexp: RegexpCompiler): Test[] {
  const tests: Test[] = [];
  for (const key of TEXT_KEYS) {
    const globs = spec[key];
    if (globs === undefined) continue;
    const matches = anyGlob(globs);
    tests.push((process) => {
      const value = process[key];
      return value !== undefined && matches(value);
    });
  }
  if (spec.cmdline) {
    const patterns = spec.cmdline.map(regexp);
    tests.push(({ cmdline }) => cmdline !== undefined && patterns.some((matches) => matches(cmdline)));
  }
  const { pid, parent, not } = spec;
  if (pid) tests.push((process) => pid.includes(process.pid));
  if (parent) {
    const isParent = anyGlob(parent);
    tests.push((process, parents) => topmost(process, parents, isParent) !== undefined);
  }
  if (not) {
    const excluded = compileTests(not, regexp);
    tests.push((process, parents) => !excluded.every((test) => test(process, parents)));
  }
  return tests;
}

function anyGlob(globs: readonly string[]): (text: string) => boolean {
  const exact = new Set(globs.filter((glob) => !isGlob(glob)));
  const wild = globs.filter(isGlob).map(compileGlob);
  return (text) => exact.has(text) || wild.some((matches) => matches(text));
}

function usesParent(spec: SelectSpec): boolean {
  return spec.parent !== undefined || (spec.not !== undefined && usesParent(spec.not));
}

function topmost(
  process: ProcessInfo,
  parents: ParentLookup,
  isParent: (name: string) => boolean,
): ProcessInfo | undefined {
  let found: ProcessInfo | undefined;
  let current: ProcessInfo | undefined = process;
  for (let depth = 0; current !== undefined && depth < DEEPEST_TREE; depth += 1) {
    if (isParent(current.name)) found = current;
    current = current.ppid > 0 && current.ppid !== current.pid ? parents(current.ppid) : undefined;
  }
  return found;
}
