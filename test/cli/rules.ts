import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder of a test's own. */
export interface Folder {
  readonly path: string;
  /** Writes a file. @returns its path. */
  write(name: string, text: string): string;
  /** What a file holds; undefined when there is none. */
  read(name: string): string | undefined;
  dispose(): void;
}

/** Makes an empty folder in the temp folder. */
export function folder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'psstop-cli-'));
  return {
    path,
    write(name, text) {
      const file = join(path, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      return file;
    },
    read: (name) => (existsSync(join(path, name)) ? readFileSync(join(path, name), 'utf8') : undefined),
    dispose: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** A rule with a budget in kB, as YAML. */
export function budget(name: string, kB: number, more = ''): string {
  return `  - name: ${name}\n    select: ${name}*\n    when: { above: { pss: ${kB}KiB } }\n    for: 1m\n${more}`;
}
