import { execFile } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const SCRIPT = new URL('./machine.sh', import.meta.url).pathname;
const REPOSITORY = new URL('../../..', import.meta.url).pathname;

/** Where the repository is seen inside a machine, read-only. */
export const PACKAGE = '/opt/psstop';

/** Longest time for making the root file system (once on a host), and for one command inside, ms. */
const BUILD_TIME = 600_000;
const COMMAND_TIME = 90_000;

/** A Debian with a real systemd, in a container. */
export interface Machine {
  /** Runs a shell command inside, as root. @returns what it wrote to stdout. @throws Error with all its output when it fails. */
  sh(command: string): Promise<string>;
  /** Writes a file inside. */
  write(path: string, text: string): Promise<void>;
  /** Asks by `command` until its output passes, for `seconds` at most. @throws Error with the last output. */
  until(command: string, passes: (output: string) => boolean, seconds?: number): Promise<string>;
  down(): Promise<void>;
}

/** What this host lacks for a machine; undefined when nothing. */
export function missingForMachine(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root';
  const missing = ['debootstrap', 'systemd-nspawn', 'nsenter'].filter((tool) => !isInstalled(tool));
  return missing.length > 0 ? `needs ${missing.join(', ')}` : undefined;
}

/** Boots a machine with psstop installed as /usr/bin/psstop and /usr/bin/smartpsstop. */
export async function bootMachine(): Promise<Machine> {
  const folder = mkdtempSync(join(tmpdir(), 'psstop-machine-'));
  await script(['build'], { time: BUILD_TIME });
  await script(['boot', folder, `--bind-ro=${REPOSITORY}:${PACKAGE}`], { time: COMMAND_TIME });
  const sh = (command: string, input = ''): Promise<string> =>
    script(['sh', folder, command], { time: COMMAND_TIME, input });
  const machine: Machine = {
    sh,
    write: async (path, text) => {
      await sh(`mkdir -p "$(dirname '${path}')" && cat > '${path}'`, text);
    },
    until: (command, passes, seconds = 30) => poll(() => sh(`${command} 2>&1 || true`), passes, seconds),
    down: async () => {
      await script(['down', folder], { time: COMMAND_TIME });
      rmSync(folder, { recursive: true });
    },
  };
  await sh(`for name in psstop smartpsstop; do ln -s ${PACKAGE}/dist/cli/main.js /usr/bin/$name; done`);
  return machine;
}

async function poll(ask: () => Promise<string>, passes: (output: string) => boolean, seconds: number): Promise<string> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const output = await ask();
    if (passes(output)) return output;
    if (performance.now() > end) throw new Error(`not within ${seconds} s; last seen:\n${output}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function isInstalled(tool: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function script(args: readonly string[], { time, input = '' }: { time: number; input?: string }): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(SCRIPT, args, { timeout: time, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`machine.sh ${args[0]}: ${error.message}\n${stdout}${stderr}`, { cause: error }));
      else resolve(stdout);
    });
    child.stdin?.end(input);
  });
}
