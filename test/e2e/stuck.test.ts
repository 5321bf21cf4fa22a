import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProcessSample, Snapshot } from '../../src/core/types.ts';
import { psstop } from '../cli/psstop.ts';
import { type HeldUp, watchLoop } from '../sources/held-up.ts';
import { type Started, start as startSource } from '../sources/proc/start.ts';
import { makePlace, type Place, pause, until, watch } from './daemon.ts';

const SOURCE = new URL('./programs/stuck.c', import.meta.url).pathname;
/** What the program says where the kernel has no FUSE, or this user may not mount. */
const NO_FUSE = /^(unshare|mount.*|\/dev\/fuse): /m;

let place: Place;
let cleanUp: (() => unknown)[];

beforeEach(() => {
  place = makePlace();
  cleanUp = [() => place.remove()];
});

afterEach(async () => {
  for (const clean of cleanUp.reverse()) await clean();
});

/** Fifty processes and one among them that holds its own memory lock for as long as the test lasts. */
interface World {
  /** A proc file system that shows them and nobody else. */
  readonly proc: string;
  readonly victim: number;
}

/** Makes a world with a stuck process. @returns why there can be none where there is no FUSE. */
async function makeWorld(): Promise<World | string> {
  mkdirSync(place.path('mount'));
  execFileSync('gcc', ['-O2', '-Wall', '-Wextra', '-Werror', '-o', place.path('stuck'), SOURCE]);
  const program = spawn(place.path('stuck'), [place.path('mount')], { stdio: ['pipe', 'pipe', 'pipe'] });
  let [said, complaint] = ['', ''];
  program.stdout.on('data', (text) => {
    said += text;
  });
  program.stderr.on('data', (text) => {
    complaint += text;
  });
  const ended = new Promise<void>((resolve) => program.once('close', () => resolve()));
  cleanUp.push(async () => {
    const force = setTimeout(() => program.kill('SIGKILL'), 5000);
    program.stdin.end();
    await ended;
    clearTimeout(force);
    // Nobody is left in the namespace when its first process is gone.
    if (said !== '') expect(existsSync(`/proc/${said.split(' ')[0]}`)).toBe(false);
  });
  await until(() => said.endsWith('\n') || program.exitCode !== null, 20);
  const [first, victim] = said.split(' ').map(Number);
  if (first !== undefined && victim !== undefined) return { proc: `/proc/${first}/root/proc`, victim };
  if (NO_FUSE.test(complaint)) return `no FUSE here: ${complaint}`;
  throw new Error(`the program failed: ${complaint}`);
}

function find(snapshot: Snapshot, pid: number): ProcessSample | undefined {
  return snapshot.processes.find(({ process }) => process.pid === pid);
}

/** Takes a snapshot with a reader that has just been started. @returns it, and how long the event loop was held up. */
async function look({ proc }: World): Promise<{ snapshot: Snapshot; held: HeldUp; notices: Started['notices'] }> {
  const { source, notices } = startSource(undefined, { root: proc });
  // The start of the reader is not what is measured.
  await source.reread(1, 0);
  await pause(50);
  const heldUp = watchLoop();
  const snapshot = await source.snapshot();
  const held = heldUp();
  await source.close();
  return { snapshot, held, notices };
}

// Whatever else this machine does at the time only adds to what is measured.
describe('a process whose memory can not be read for ever', { timeout: 60_000, retry: 2 }, () => {
  it('costs a snapshot less than a second, no other process, and the loop nothing', async ({ skip }) => {
    const world = await makeWorld();
    if (typeof world === 'string') return skip(world);
    // It is as bad as it is said to be: whoever reads it plainly hangs.
    const cat = spawnSync('timeout', ['-s', 'KILL', '1', 'cat', `${world.proc}/${world.victim}/smaps_rollup`]);
    expect(cat.signal ?? cat.status).toBe('SIGKILL');

    const { snapshot, held, notices } = await look(world);
    expect(find(snapshot, world.victim)).toMatchObject({ process: { name: 'victim' }, unread: 'stuck' });
    expect(find(snapshot, world.victim)?.rss).toBeGreaterThan(0);
    expect(snapshot.processes.filter(({ exact }) => exact)).toHaveLength(51);
    expect(snapshot.processes).toHaveLength(52);
    expect(snapshot.cost.wall - held.waited).toBeLessThan(1000);
    expect(held.longest).toBeLessThan(50);
    expect(notices.filter(({ message }) => message.includes('(victim) hangs'))).toHaveLength(1);
  });

  it('is shown by the list with its bounds, and told once by the watchdog, which goes on', async ({ skip }) => {
    const world = await makeWorld();
    if (typeof world === 'string') return skip(world);
    const { stdout, code } = await psstop('--proc', world.proc);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^ victim +${world.victim} +≤ \\d+ kB$`, 'm'));
    expect(stdout).toMatch(/^ 1 process could not be read: 1 stuck/m);

    place.write('psstop.yaml', `interval: 200ms\nheartbeat: 200ms\nrules: rules.yaml\nproc: ${world.proc}\n`);
    // Only reading it could tell.
    place.write('rules.yaml', 'rules:\n  - { name: any, select: victim, when: { above: { pss: 100KiB } } }\n');
    const daemon = watch(place, '--lines');
    cleanUp.push(() => daemon.stop());
    await daemon.says(/ hangs(.*\n.* alive ){5}/s);
    expect(daemon.output().match(/reading process \d+ \(victim\) hangs/g)).toHaveLength(1);
    expect(daemon.output()).not.toContain(' fired ');
    daemon.child.kill('SIGTERM');
    expect(await daemon.ended).toEqual({ code: 0, signal: null });
  });
});
