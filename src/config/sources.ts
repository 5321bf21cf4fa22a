import { existsSync, realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Problem } from '../core/errors.ts';
import { describeError, readText, rulesFiles, type TextFile } from './files.ts';
import { hideValues, variableValues } from './hide.ts';
import { type Fault, formatPath, within } from './place.ts';
import { isForSending } from './unsent.ts';
import { type Environment, fillVariables } from './variables.ts';
import { type Reading, readYaml } from './yaml.ts';

/** One of the user's files, read. */
export interface SourceFile extends TextFile {
  readonly reading: Reading;
  /** As written. */
  readonly data: unknown;
  /** With variables filled in. */
  readonly filled: unknown;
}

/** All files of one load and what is wrong with them. */
export interface Sources {
  readonly env: Environment;
  readonly files: Map<string, SourceFile>;
  readonly faults: Fault[];
  /** What is right and yet hardly what was meant. */
  readonly warnings: Fault[];
  /** Variables that are not set, where nothing is to be sent for which they are needed; absent: that is wrong. */
  readonly lacking?: Fault[];
  /** What has no place in the data: files that can't be read, malformed YAML. */
  readonly problems: Problem[];
}

/** Reads a file and fills in its variables. Undefined when it can't be read; why goes to the problems. */
export function readSource(file: string, sources: Sources): SourceFile | undefined {
  try {
    const text = readText(file);
    const reading = readYaml(text.text);
    for (const { offset, message } of reading.slips) {
      sources.problems.push({ file, ...reading.place(offset), path: '', message });
    }
    if (reading.slips.length > 0) return undefined;
    const filled = fillVariables(reading.data, sources.env, (path, message, unset) => {
      const lacks = unset && isForSending(path) ? sources.lacking : undefined;
      (lacks ?? sources.faults).push({ file, path, message });
    });
    const source = { ...text, reading, filled, data: reading.data };
    sources.files.set(file, source);
    return source;
  } catch (error) {
    sources.problems.push({ file, path: '', message: describeError(error) });
    return undefined;
  }
}

/** The rules files behind paths of files and folders, each once. */
export function listRules(paths: readonly string[], sources: Sources): string[] {
  const seen = new Set<string>();
  return paths.flatMap((path) => {
    try {
      return rulesFiles(path).filter((file) => {
        const real = realpathSync(file);
        return !seen.has(real) && seen.add(real);
      });
    } catch (error) {
      sources.problems.push({ file: path, path: '', message: describeError(error) });
      return [];
    }
  });
}

/** The paths that psstop.yaml names for the rules, from its own folder on; when it names none, `rules.d` if that is there. */
export function configuredRules(file: string, rules: unknown): string[] {
  const beside = resolve(dirname(file), 'rules.d');
  if (rules === undefined) return existsSync(beside) ? [beside] : [];
  const paths = [rules].flat().filter((path): path is string => typeof path === 'string');
  return paths.map((path) => resolve(dirname(file), path));
}

/** True when nothing is wrong with the data at a place or inside it. */
export function isSound({ file, path }: Pick<Fault, 'file' | 'path'>, { faults }: Sources): boolean {
  return !faults.some((fault) => fault.file === file && (within(fault.path, path) || within(path, fault.path)));
}

/** Everything that is wrong, with line and column, in the order of the files; what variables held is not shown. */
export function problemsOf(sources: Sources): Problem[] {
  const located = sources.faults.map((fault): Problem => {
    const { file, path, message, atKey } = fault;
    const reading = sources.files.get(file)?.reading;
    return { file, ...reading?.place(reading.offset(path, atKey)), path: formatPath(path), message };
  });
  const data = [...sources.files.values()].map((source) => source.data);
  const hidden = variableValues(data, sources.env);
  const all = [...sources.problems, ...located].map((problem) => {
    return { ...problem, message: hideValues(problem.message, hidden) };
  });
  const unique = new Map(all.map((problem) => [JSON.stringify(problem), problem]));
  return [...unique.values()].sort(byPlace);
}

/** Everything that is doubtful, as `problemsOf` gives what is wrong. */
export function warningsOf(sources: Sources): Problem[] {
  return problemsOf({ ...sources, faults: [...sources.warnings, ...(sources.lacking ?? [])], problems: [] });
}

function byPlace(a: Problem, b: Problem): number {
  if (a.file !== b.file) return (a.file ?? '') < (b.file ?? '') ? -1 : 1;
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
