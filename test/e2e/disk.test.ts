import { type ChildProcess, execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makePlace, type Place, pause, type Running, sleeper as sleepIn, until, watch } from './daemon.ts';
import { webServer } from './receivers.ts';

/** Mounting takes root; without, these are left out. */
const MAY_MOUNT = canMount();

let place: Place;
let daemon: Running | undefined;
const children: ChildProcess[] = [];
let mounted = false;

beforeEach(() => {
  place = makePlace();
  mkdirSync(place.path('disk'));
});
afterEach(async () => {
  await daemon?.stop();
  for (const child of children.splice(0)) child.kill('SIGKILL');
  if (mounted) execFileSync('umount', ['--lazy', place.path('disk')]);
  mounted = false;
  place.remove();
});

function canMount(): boolean {
  const probe = makePlace();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe.folder], { stdio: 'ignore' });
    execFileSync('umount', [probe.folder]);
    return true;
  } catch {
    return false;
  } finally {
    probe.remove();
  }
}

/** A disk of its own for the state, of so many KiB. */
function mount(kib: number): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kib}k`, 'tmpfs', place.path('disk')]);
  mounted = true;
}

/** Takes all that is left of the disk. */
function fill(): void {
  for (const size of [65_536, 4_096]) {
    try {
      for (;;) writeFileSync(place.path('disk/filler'), Buffer.alloc(size), { flag: 'a' });
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
    }
  }
}

/** Somebody whose mere presence is an alert. */
function sleeper(name: string): ChildProcess {
  const child = sleepIn(place, name);
  children.push(child);
  return child;
}

/** Seldom enough that the journal has not gone round before the disk is full: what is in it already could be written over. */
function configure(port: number): void {
  place.write('psstop.yaml', 'interval: 500ms\nheartbeat: 0s\nrules: rules.yaml\nstate: disk/state\n');
  place.write(
    'rules.yaml',
    `rules:
  - name: there
    select: { cmdline: "disk.*-${process.pid} 600" }
    by: process
    when: { above: { rss: 1KiB } }
    then: [{ webhook: { url: "http://127.0.0.1:${port}/" } }]
`,
  );
}

function begin(): Running {
  daemon = watch(place, '--json');
  return daemon;
}

interface Told {
  readonly alert: string;
  readonly kind: string;
  readonly target: { readonly processes: readonly { readonly pid: number }[] };
}

describe.skipIf(!MAY_MOUNT)('the disk of the state', { timeout: 120_000 }, () => {
  it('is full for a while: everything is told meanwhile, and nothing is forgotten when there is room again', async () => {
    const hook = await webServer();
    const told = (): string[] =>
      hook.arrivals
        .map((text) => JSON.parse(text) as Told)
        .map(({ kind, target }) => `${kind} ${target.processes[0]?.pid}`);
    configure(hook.port);
    mount(2048);
    const first = sleeper('disk-first');
    const running = begin();
    await until(() => told().includes(`fired ${first.pid}`));
    // The receiver has it, the sender has yet to hear so and to write it down: there is to be room for that.
    await pause(1500);
    fill();
    const second = sleeper('disk-second');
    await until(() => told().includes(`fired ${second.pid}`));
    await running.says(/can't keep state in .*: (database or disk is full|disk I\/O error)/);
    first.kill('SIGKILL');
    await until(() => told().includes(`resolved ${first.pid}`));
    rmSync(place.path('disk/filler'));
    await running.says(/state is kept again/);

    // What was told while nothing could be kept is known by now: the next one ends it, and tells nothing twice.
    running.child.kill('SIGKILL');
    await running.ended;
    second.kill('SIGKILL');
    await begin().says(/"kind":"resolved"/);
    await until(() => told().includes(`resolved ${second.pid}`));
    expect(told().sort()).toEqual([first, second].flatMap(({ pid }) => [`fired ${pid}`, `resolved ${pid}`]).sort());
    await hook.close();
  });

  it('is full before a receiver that is down hears anything: he does after a SIGKILL once there was room', async () => {
    const away = await webServer();
    configure(away.port);
    await away.close();
    mount(2048);
    const running = begin();
    await running.says(/"kind":"started"/);
    await until(() => readdirSync(place.path('disk/state')).length > 0);
    fill();
    const late = sleeper('disk-late');
    await running.says(/can't keep state|can't be written to disk/);
    await running.says(/"kind":"delivery-retried"/);
    rmSync(place.path('disk/filler'));
    await running.says(/state is kept again|written to disk again/);
    running.child.kill('SIGKILL');
    await running.ended;

    const hook = await webServer();
    configure(hook.port);
    begin();
    await until(() => hook.arrivals.length > 0);
    expect(JSON.parse(hook.arrivals[0] ?? '')).toMatchObject({
      kind: 'fired',
      target: { processes: [{ pid: late.pid }] },
    });
    await hook.close();
  });

  it('can only be read: that is told, and the watchdog watches', async () => {
    const hook = await webServer();
    configure(hook.port);
    mount(2048);
    mkdirSync(place.path('disk/state'));
    execFileSync('mount', ['-o', 'remount,ro', place.path('disk')]);
    const only = sleeper('disk-only');
    await begin().says(/no state is kept, a restart forgets all alerts: .*(EROFS|read-only)/);
    await until(() => hook.arrivals.length > 0);
    expect(JSON.parse(hook.arrivals[0] ?? '')).toMatchObject({ target: { processes: [{ pid: only.pid }] } });
    await hook.close();
  });
});
