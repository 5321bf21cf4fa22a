import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROGRAM } from '../cli/psstop.ts';

const SCRIPT = new URL('../../examples/ci-memory-test.sh', import.meta.url).pathname;

describe('examples/ci-memory-test.sh', () => {
  const folder = mkdtempSync(join(tmpdir(), 'psstop-ci-'));
  beforeAll(() => {
    mkdirSync(join(folder, 'bin'));
    // Its name is its own, so that no other Node on this host is taken for it.
    symlinkSync(process.execPath, join(folder, 'bin/shop-server'));
    writeFileSync(join(folder, 'bin/psstop'), `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`, {
      mode: 0o755,
    });
    const program = 'const held = Buffer.alloc(process.argv[2] * 2 ** 20, 1); setInterval(() => held.length, 1000);\n';
    writeFileSync(join(folder, 'server.mjs'), program);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs the step with two programs that hold so many MiB. */
  function step(main: number, branch: number): Promise<{ code: number; stdout: string; stderr: string }> {
    const command = (size: number): string =>
      `${join(folder, 'bin/shop-server')} ${join(folder, 'server.mjs')} ${size}`;
    const env = {
      PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
      ...{ NAME: 'shop-server', RUNS: '2', SECONDS_EACH: '2', INTERVAL: '250ms', LIMIT: '5%' },
      KEEP: join(folder, `${main}-${branch}`),
    };
    return new Promise((resolve) => {
      const options = { env, cwd: folder, timeout: 60_000 };
      execFile(SCRIPT, [command(main), command(branch)], options, (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
      });
    });
  }

  it('fails a branch that holds 20 % more', { timeout: 70_000 }, async () => {
    // 60 MiB of a real program's own are in both.
    const { code, stdout, stderr } = await step(240, 300);
    expect(stdout, stderr).toMatch(/shop-server .* 2, 2 +regression$/m);
    expect(code).toBe(1);
  });

  it('lets the same program pass', { timeout: 70_000 }, async () => {
    const { code, stdout, stderr } = await step(240, 240);
    expect(stdout, stderr).toMatch(/shop-server .* 2, 2 /);
    expect(stdout).not.toMatch(/ regression$/m);
    expect(code).toBe(0);
  });
});
