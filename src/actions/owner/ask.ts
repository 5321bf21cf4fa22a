import { plainEnvironment } from '../process/environment.ts';
import { findProgram } from '../process/program.ts';
import type { Runner } from '../process/run.ts';
import type { Manager } from './owner.ts';

/** The programs by which owners are asked: paths, or names looked for in PATH. */
export interface OwnerPrograms {
  readonly pm2?: string;
  readonly supervisorctl?: string;
  readonly docker?: string;
  readonly podman?: string;
}

/** What is needed to ask an owner. */
export interface Asking {
  readonly runner: Runner;
  readonly programs: OwnerPrograms;
  readonly proc: string;
  readonly signal: AbortSignal;
}

/** One call of an owner's program. */
interface Call {
  readonly name: keyof OwnerPrograms;
  readonly args: readonly string[];
  /** ms. */
  readonly timeout: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Asked as the user that it runs as. */
  readonly as?: Manager;
  /** supervisorctl status ends with 3 where something does not run. */
  readonly anyCode?: boolean;
}

/** Runs an owner's program. @returns what it wrote. @throws Error when it failed. */
export async function ask({ name, args, timeout, env, as, anyCode = false }: Call, asking: Asking): Promise<string> {
  const { runner, programs, signal } = asking;
  const plain = plainEnvironment();
  const file = findProgram(programs[name] ?? name, plain.PATH, as?.uid);
  const other = as !== undefined && as.uid !== process.geteuid?.();
  const run = { file, args, env: { ...plain, ...env }, cwd: '/', outputLimit: 65_536, timeout, grace: 2_000 };
  const ended = await runner({ ...run, ...(other && { account: { uid: as.uid, gid: as.gid } }) }, signal);
  if (ended.code === 0 || anyCode) return ended.output;
  throw new Error(`${file} ${args.join(' ')} ended with ${ended.code}: ${ended.output}`);
}

/** A manager's command line, read by a program that can be ended: reading it could hang. */
export async function cmdlineOf(pid: number, { runner, proc, signal }: Asking): Promise<string[]> {
  const env = plainEnvironment();
  const file = findProgram('cat', env.PATH);
  const args = [`${proc}/${pid}/cmdline`];
  const ended = await runner({ file, args, env, cwd: '/', outputLimit: 4_096, timeout: 2_000, grace: 100 }, signal);
  return ended.output.split('\0').filter(Boolean);
}
