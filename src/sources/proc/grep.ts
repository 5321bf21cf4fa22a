import { runBounded, type Written } from './bounded.ts';

/** Which lines of which files are wanted. */
export interface GrepRequest {
  /** `-E`, `-z`, `-m3`: what grep(1) is given beside the pattern. */
  readonly flags?: readonly string[];
  readonly pattern: string;
  /** Below the folder. */
  readonly files: readonly string[];
  /** ms after which it is killed: one of the files hangs. */
  readonly patience: number;
}

/**
 * The wanted lines of small files of a proc file system, read as in `runBounded`. Each comes with the name of its file in front,
 * `123/comm:bash`, so nothing that stands in a file can pass for another's; `grep: 123/smaps_rollup: Permission denied` is
 * complained of each file that could not be read.
 */
export function grep(folder: string, { flags = [], pattern, files, patience }: GrepRequest): Written | undefined {
  return runBounded({ program: '/bin/grep', args: ['-aH', ...flags, '-e', pattern, ...files], folder, patience });
}
