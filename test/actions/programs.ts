import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of small programs, made for one test file. */
export interface Programs {
  readonly folder: string;
  /** Writes an executable shell script. @returns its path. */
  script(name: string, text: string, mode?: number): string;
  remove(): void;
}

/** Makes the folder; everybody may look into it, so that programs run as other users too. */
export function programs(): Programs {
  const folder = mkdtempSync(join(tmpdir(), 'psstop-programs-'));
  chmodSync(folder, 0o755);
  return {
    folder,
    script(name, text, mode = 0o755) {
      const path = join(folder, name);
      writeFileSync(path, `#!/bin/sh\n${text}\n`);
      chmodSync(path, mode);
      return path;
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** The pids that a program wrote to a file, once there are so many. */
export async function pidsIn(file: string, count: number): Promise<number[]> {
  for (let tries = 0; tries < 3000; tries += 1) {
    const pids = readPids(file);
    if (pids.length >= count) return pids;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${file} never held ${count} pids`);
}

function readPids(file: string): number[] {
  try {
    return readFileSync(file, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** Whether a process is there and not only waiting to be collected. */
export function running(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

/** Waits until a process is gone. */
export async function ended(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 3000 && running(pid); tries += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  return !running(pid);
}
