import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makePlace, type Place, PROGRAM, pause } from './daemon.ts';

const COLUMNS = 80;
const ROWS = 24;
/** Each test has a server of its own: no other session is touched, and none waits for the one before it to end. */
let servers = 0;

function tmux(...args: string[]): string {
  const server = ['-L', `psstop-e2e-${process.pid}-${servers}`, '-f', '/dev/null'];
  return execFileSync('tmux', [...server, ...args], { encoding: 'utf8' });
}

function isMissing(): boolean {
  try {
    tmux('-V');
    return false;
  } catch {
    return true;
  }
}

/** What the terminal shows, once it shows what is waited for. */
async function screen(shows: RegExp): Promise<string> {
  for (let tries = 0; tries < 300; tries += 1) {
    const text = tmux('capture-pane', '-p');
    if (shows.test(text)) return text;
    await pause(100);
  }
  throw new Error(`the terminal never showed ${shows}, but:\n${tmux('capture-pane', '-p')}`);
}

/** Whether the alternate screen and the cursor are shown: `1 0` in the view, `0 1` out of it. */
function modes(): string {
  return tmux('display-message', '-p', '#{alternate_on} #{cursor_flag}').trim();
}

const missing = isMissing();

describe.skipIf(missing)(`psstop watch on a terminal${missing ? ' (needs tmux)' : ''}`, { timeout: 60_000 }, () => {
  let place: Place;
  beforeEach(() => {
    place = makePlace();
    place.write('psstop.yaml', 'interval: 500ms\nrules: rules.d\n');
    const sure = 'rules:\n  - name: always\n    by: host\n    when: { above: { total: 1MiB } }\n    then: [log]\n';
    place.write('rules.d/sure.yaml', sure);
    servers += 1;
    tmux('new-session', '-d', '-x', `${COLUMNS}`, '-y', `${ROWS}`, 'env', 'PS1=prompt> ', 'sh');
    tmux('send-keys', `${process.execPath} ${PROGRAM} watch --config ${place.path('psstop.yaml')}`, 'Enter');
  });
  afterEach(() => {
    tmux('kill-server');
    place.remove();
  });

  it('shows processes, alerts and events within 80 columns, in place, and leaves the first table behind at the end', async () => {
    const view = await screen(/always[\s\S]*EVENTS[\s\S]*fired/);
    expect(view).toMatch(/^psstop .*\d\d:\d\d:\d\d$/m);
    expect(view).toMatch(/^ *\d+ +\S.* [\d.]+ [KMG]iB/m);
    const lines = view.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(ROWS);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(COLUMNS);
    expect(modes()).toBe('1 0');
    // It is redrawn: the clock goes on, and nothing scrolls.
    const clock = /\d\d:\d\d:\d\d/.exec(view)?.[0] ?? '';
    await pause(2500);
    const later = tmux('capture-pane', '-p');
    expect(later).not.toContain(clock.concat('\n'));
    expect(later.split('\n')[0]).toMatch(/^psstop /);
    tmux('send-keys', 'q');
    expect(await screen(/^prompt>$/m)).toMatch(/Total number of processes: +\d+/);
    expect(modes()).toBe('0 1');
  });

  it('follows a change of the size', async () => {
    await screen(/always[\s\S]*EVENTS/);
    tmux('resize-window', '-x', '40', '-y', '12');
    await pause(1500);
    const lines = tmux('capture-pane', '-p').trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(12);
    expect(lines[0]).toMatch(/^psstop /);
  });

  it('gives the terminal back when it is ended by a signal', async () => {
    await screen(/EVENTS/);
    const shell = tmux('display-message', '-p', '#{pane_pid}').trim();
    const [child] = execFileSync('cat', [`/proc/${shell}/task/${shell}/children`], { encoding: 'utf8' }).split(' ');
    process.kill(Number(child), 'SIGTERM');
    await screen(/^prompt>$/m);
    expect(modes()).toBe('0 1');
  });
});
