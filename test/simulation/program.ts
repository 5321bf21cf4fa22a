import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, fsyncSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const SOURCE = new URL('../programs/sharing.c', import.meta.url).pathname;

/** True where its program can be compiled. */
export const canCompile: boolean = spawnSync('cc', ['--version']).status === 0;

/** Real processes that share memory on command and stand still in between: see test/programs/sharing.c. */
export interface Sharing {
  /** Process id of the first. */
  readonly pid: number;
  /** @returns the process id of a new process, else 1. @throws when the command failed. */
  tell(command: string): Promise<number>;
  end(): Promise<void>;
}

/** Compiles and starts it with so many pages to share. */
export async function startSharing(pages: number): Promise<Sharing> {
  const folder = mkdtempSync(join(tmpdir(), 'psstop-sharing-'));
  const program = join(folder, 'sharing');
  const { status, stderr } = spawnSync('cc', ['-O2', '-static', '-o', program, SOURCE], { encoding: 'utf8' });
  if (status !== 0 || !existsSync(program)) throw new Error(`cc: ${stderr}`);
  // As long as the program's own pages are not written back they count as dirty.
  const file = openSync(program, 'r');
  fsyncSync(file);
  closeSync(file);
  const child = spawn(program, [String(pages)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answer = answers(child);
  const [, pid] = (await answer()).split(' ');
  return {
    pid: Number(pid),
    async tell(command) {
      child.stdin.write(`${command}\n`);
      const [said, value] = (await answer()).split(' ');
      if (said !== 'ok') throw new Error(`${command}: ${said}`);
      return Number(value);
    },
    async end() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.stdin.end();
      await gone;
      rmSync(folder, { recursive: true });
    },
  };
}

function answers({ stdout }: Pick<ChildProcess, 'stdout'>): () => Promise<string> {
  if (stdout === null) throw new Error('no pipe');
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  return async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('the program ended');
    return value;
  };
}
