import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The built program. */
export const PROGRAM = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** Nothing of the caller's: NODE_EXTRA_CA_CERTS alone would add 50 ms to every start of Node. */
export const ENV = { PATH: process.env.PATH };

/** A folder for the compiled programs and the rules; removed at the end. */
export const folder = mkdtempSync(join(tmpdir(), 'psstop-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** Compiles a C program that stands beside this file. @returns the path of the executable. */
export function compile(name) {
  const source = fileURLToPath(new URL(`${name}.c`, import.meta.url));
  const executable = join(folder, name);
  const { status, stderr } = spawnSync('cc', ['-O2', '-Wall', '-o', executable, source], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`cc can't compile ${name}.c: ${stderr ?? 'it is not there'}`);
  return executable;
}

/** CPU time (user and system) of a command with all that it starts, ms. Its output is thrown away. */
export function cpuOf(cost, command) {
  const { status, stdout, stderr } = spawnSync(cost, command, { encoding: 'utf8', env: ENV });
  if (status !== 0) throw new Error(`${command.join(' ')} failed: ${stderr}`);
  return Number(stdout) / 1e3;
}

/** Runs each function in turn, again and again, so that all of them meet the same weather. @returns the figures of each. */
export function interleave(rounds, functions) {
  const figures = functions.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, run] of functions.entries()) figures[index].push(run());
  }
  return figures;
}

/** Starts a program and resolves when its output matches. `ended` resolves when it is gone, after `end()`. */
export async function startUntil(command, pattern, env = {}) {
  const child = spawn(command[0], command.slice(1), { env: { ...ENV, ...env }, stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  let text = '';
  const matched = await new Promise((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      if (!pattern.test(text)) text += chunk;
      if (pattern.test(text)) resolve(true);
    });
    ended.then(() => resolve(false));
  });
  if (!matched) throw new Error(`${command.join(' ')} ended and never wrote ${pattern}: ${text}`);
  return {
    pid: child.pid,
    end: () => {
      child.stdin.end();
      child.kill('SIGTERM');
      return ended;
    },
  };
}

/** Runs `use` while so many more processes are there; `churn` of them are replaced ten times a second. */
export async function withCrowd(crowd, { count, churn = 0 }, use) {
  const running = await startUntil([crowd, String(count), String(churn)], /ready/);
  try {
    return await use();
  } finally {
    await running.end();
  }
}

/** Runs one of the scripts of this folder in a process of its own. @returns the JSON that it prints. */
export function runScript(name, args, flags = []) {
  const script = fileURLToPath(new URL(name, import.meta.url));
  const command = [...flags, script, ...args.map(String)];
  const { status, stdout } = spawnSync(process.execPath, command, {
    env: ENV,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`${name} failed`);
  return JSON.parse(stdout);
}

/** Anonymous memory of a process by PSS, MiB. */
export function anonymousOf(pid) {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss_Anon:\s+(\d+) kB$/m.exec(text)[1]) / 1024;
}
