import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readStat } from '../../src/actions/process/identity.ts';
import restart from '../../src/actions/restart.ts';
import { respectStartLimit } from '../../src/actions/systemd/start-limit.ts';
import { readState } from '../../src/actions/systemd/systemctl.ts';
import { parseTimespan } from '../../src/actions/systemd/timespan.ts';
import { OptionError, Retry, Skip } from '../../src/core/errors.ts';
import type {
  ActionContext,
  AlertEvent,
  EventProcess,
  EventTarget,
  Post,
  Snapshot,
  Ward,
} from '../../src/core/types.ts';
import { openCourses } from '../../src/engine/courses.ts';
import { MiB, sample, snapshot } from '../core/world.ts';
import { actionContext, alertEvent, calm, given } from './event.ts';
import { type Programs, programs, running } from './programs.ts';

let place: Programs;
let path: string | undefined;
let child: ChildProcess;
let target: EventProcess;
let unit: string;
let count = 0;

beforeAll(() => {
  place = programs();
  path = process.env.PATH;
  process.env.PATH = `${place.folder}:${path}`;
});
afterAll(() => {
  process.env.PATH = path;
  place.remove();
});

/** A stand-in for systemctl: `show` prints a file, `restart` notes its arguments and goes on to the next file. */
beforeEach(async () => {
  const { folder } = place;
  place.script(
    'systemctl',
    `case "$*" in
       show*) cat ${folder}/shown ;;
       *restart*) echo "$*" >> ${folder}/calls; . ${folder}/restart ;;
     esac`,
  );
  rmSync(join(folder, 'calls'), { force: true });
  count += 1;
  unit = `demo${count}.service`;
  child = spawn('sleep', ['30']);
  const pid = child.pid ?? 0;
  target = { pid, start: readStat('/proc', pid)?.start ?? 0, name: 'demo' };
  restarts({ InvocationID: 'b', MainPID: '4711' });
});
afterEach(() => child.kill('SIGKILL'));

const MINUTE_US = 60_000_000;
const startedUs = (msAgo: number): number => Number(process.hrtime.bigint() / 1000n) - msAgo * 1000;

function shown(changes: Record<string, string> = {}): string {
  const properties = {
    ...{ Id: unit, LoadState: 'loaded', ActiveState: 'active', SubState: 'running', Result: 'success', Type: 'simple' },
    ...{ MainPID: String(target.pid), ControlGroup: `/system.slice/${unit}`, InvocationID: 'a', NRestarts: '0' },
    ...{ ExecMainStartTimestampMonotonic: String(startedUs(60_000)), RestartUSec: '100ms' },
    ...{ StartLimitBurst: '5', StartLimitIntervalUSec: '10s', ...changes },
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** What systemd says before the restart. */
function stands(changes: Record<string, string> = {}): void {
  writeFileSync(join(place.folder, 'shown'), shown(changes));
}

/** What systemd says after the restart, or another end of it. */
function restarts(changes: Record<string, string>, text = `cp ${place.folder}/next ${place.folder}/shown`): void {
  stands();
  writeFileSync(join(place.folder, 'next'), shown(changes));
  writeFileSync(join(place.folder, 'restart'), text);
}

/** A /proc in which the process is in a certain control group. */
function procWith(cgroup: string): string {
  const proc = join(place.folder, `proc${count}`);
  mkdirSync(join(proc, String(target.pid)), { recursive: true });
  writeFileSync(join(proc, String(target.pid), 'stat'), readFileSync(`/proc/${target.pid}/stat`));
  writeFileSync(join(proc, String(target.pid), 'cgroup'), `12:pids:/x\n1:name=systemd:${cgroup}\n0::${cgroup}\n`);
  return proc;
}

const calls = (): string[] => {
  const file = join(place.folder, 'calls');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
};
const about = (changes: Partial<EventTarget> = {}): AlertEvent =>
  alertEvent({ target: { unit, processes: [target], count: 1, ...changes } });

async function run(
  options: object,
  event: AlertEvent = about(),
  proc = procWith(`/system.slice/${unit}`),
): Promise<string> {
  const action = await restart.create(given(options), actionContext({ proc }));
  return action.run(event, calm());
}

describe('a unit', () => {
  test('found from its own process is restarted, once, and seen running', async () => {
    expect(await run({ unit: 'auto' })).toMatch(
      new RegExp(
        `^restarted ${unit} in .*: active \\(running\\), main process ${target.pid} -> active \\(running\\), main process 4711$`,
      ),
    );
    expect(calls()).toEqual([`--no-ask-password restart -- ${unit}`]);
  });

  test("is not restarted when the process is gone, or its pid another's", async () => {
    const before = { ...target, start: target.start - 1 };
    const skipped = new Skip(`already gone or restarted: demo (${target.pid})`);
    await expect(run({}, about({ processes: [before] }))).rejects.toEqual(skipped);
    expect(calls()).toEqual([]);
  });

  test('of the same name that a user runs does not bring the real one down', async () => {
    const proc = procWith(`/user.slice/user-1000.slice/user@1000.service/app.slice/${unit}`);
    await expect(run({}, about(), proc)).rejects.toThrow(/in a unit of the same name elsewhere/);
    expect(calls()).toEqual([]);
  });

  test('may be one in which the process sits deeper', async () => {
    expect(await run({}, about(), procWith(`/system.slice/${unit}/workers`))).toContain('restarted');
  });

  test.each([
    [undefined, /finds no unit/],
    ['init.scope', /is not a service/],
    ['user@1000.service', /part of the system/],
    ['dbus.service', /part of the system/],
    ['systemd-resolved.service', /part of the system/],
    ['--force.service', /is not a service/],
    ['*.service', /is not a service/],
  ])('%s is not found by auto', async (name, word) => {
    const { unit: _unit, ...rest } = about().target;
    const event = { ...about(), target: name === undefined ? rest : { ...rest, unit: name } };
    await expect(run({}, event)).rejects.toThrow(word);
    expect(calls()).toEqual([]);
  });

  test('that goes by another name is judged by its own', async () => {
    stands({ Id: 'dbus.service' });
    await expect(run({ unit: 'messages.service' })).rejects.toThrow(/dbus.service is part of the system/);
  });

  test('in which psstop runs itself is left alone', async () => {
    const own = /^(?:0:|1:name=systemd):(\/.+)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1];
    if (own === undefined) return expect(readFileSync('/proc/self/cgroup', 'utf8')).toMatch(/:\/$/m);
    stands({ ControlGroup: own });
    await expect(run({}, about(), procWith(own))).rejects.toThrow(/does not restart itself/);
  });

  test('that is not there is named', async () => {
    stands({ LoadState: 'not-found' });
    await expect(run({ unit: 'web.service' })).rejects.toThrow(/systemd has no web.service \(not-found\)/);
  });

  test('named in the rule is started where nothing runs', async () => {
    stands({ ActiveState: 'inactive', SubState: 'dead', MainPID: '0', InvocationID: '' });
    const { unit: _unit, ...rest } = about({ processes: [], count: 0 }).target;
    expect(await run({ unit }, { ...about(), target: rest })).toContain('-> active (running), main process 4711');
  });
});

describe('a restart', () => {
  test('that systemd refuses says why and what to do', async () => {
    restarts({}, 'echo "Failed to restart: Interactive authentication required." >&2; exit 1');
    await expect(run({})).rejects.toThrow(/ended with 1: .*polkit rule/);
  });

  test('that changes nothing is a failure', async () => {
    restarts({ InvocationID: 'a' });
    await expect(run({})).rejects.toThrow(/did not restart/);
  });

  test('after which the unit is down is a failure', async () => {
    restarts({ InvocationID: 'b', ActiveState: 'failed', SubState: 'failed', MainPID: '0', Result: 'exit-code' });
    await expect(run({})).rejects.toThrow(/does not run after its restart: failed \(failed\), exit-code/);
  });

  test('after which the unit ends again is a failure', async () => {
    const { folder } = place;
    restarts(
      { InvocationID: 'b' },
      `cp ${folder}/next ${folder}/shown; (sleep 0.5; sed -i 's/=b$/=c/' ${folder}/shown) > /dev/null 2>&1 &`,
    );
    await expect(run({})).rejects.toThrow(/ended again right after/);
  });

  test('is waited for while the unit is starting', async () => {
    const { folder } = place;
    restarts(
      { InvocationID: 'b', ActiveState: 'activating' },
      `cp ${folder}/next ${folder}/shown; (sleep 0.6; sed -i 's/activating/active/' ${folder}/shown) > /dev/null 2>&1 &`,
    );
    expect(await run({})).toContain('restarted');
  });

  test('of a service that runs once is one when that has ended well', async () => {
    const ended = { Type: 'oneshot', ActiveState: 'inactive', SubState: 'dead', MainPID: '0', InvocationID: '' };
    restarts(ended);
    expect(await run({})).toContain('-> inactive (dead)');
    restarts({ ...ended, ActiveState: 'failed', Result: 'exit-code' });
    await expect(run({})).rejects.toThrow(/does not run after its restart/);
  });

  test('that takes too long is given up, and systemctl ended', async () => {
    restarts({}, `echo $$ > ${place.folder}/hanging; exec sleep 30`);
    await expect(run({ wait: '300ms' })).rejects.toThrow(/did not end within 300ms/);
    expect(running(Number(readFileSync(join(place.folder, 'hanging'), 'utf8')))).toBe(false);
  });

  test('where there is no systemd says so', async () => {
    place.script('systemctl', 'echo "System has not been booted with systemd" >&2; exit 1');
    await expect(run({})).rejects.toThrow(/systemctl can't be asked: "System has not been booted/);
  });
});

describe("systemd's start limit", () => {
  test('is not tripped: the restart that could be one too many is put off', async () => {
    stands({ NRestarts: '4', ExecMainStartTimestampMonotonic: String(startedUs(3000)) });
    const error = await run({}).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(Retry);
    expect((error as Retry).message).toMatch(/allows 5 starts in 10s and up to 5 were seen; .* safe again in [67]/);
    expect((error as Retry).after).toBeGreaterThan(5000);
    expect((error as Retry).after).toBeLessThanOrEqual(7000);
    expect(calls()).toEqual([]);
  });

  test('counts the starts before our own restarts too', async () => {
    const now = (): Record<string, string> => ({
      StartLimitBurst: '3',
      ExecMainStartTimestampMonotonic: String(startedUs(0)),
    });
    for (const invocation of ['b', 'c']) {
      restarts({ InvocationID: invocation, ...now() });
      writeFileSync(join(place.folder, 'shown'), shown(now()));
      await run({});
    }
    await expect(run({})).rejects.toThrow(Retry);
    expect(calls()).toHaveLength(2);
  });

  test('is given up on when it holds for long', () => {
    const state = readState(
      shown({ StartLimitBurst: '1', StartLimitIntervalUSec: '1d', ExecMainStartTimestampMonotonic: String(MINUTE_US) }),
    );
    expect(() => respectStartLimit(state, 120_000)).toThrow(/may be started no more/);
    expect(() => respectStartLimit(state, 120_000)).not.toThrow(Retry);
    expect(() => respectStartLimit(state, 90_000_000)).not.toThrow();
    expect(() => respectStartLimit({ ...state, limit: { burst: 0, interval: 1 } }, 120_000)).not.toThrow();
  });

  test('is read in the words of systemd', () => {
    expect(parseTimespan('1min 30s')).toBe(90_000);
    expect(parseTimespan('100ms')).toBe(100);
    expect(parseTimespan('1h 500us')).toBe(3_600_000.5);
    expect(parseTimespan('infinity')).toBe(Number.POSITIVE_INFINITY);
    expect(parseTimespan('0')).toBe(0);
  });
});

describe('a command', () => {
  test('that replaces the process is a restart', async () => {
    const program = place.script('again', 'echo "$1 $PSSTOP_PID"; kill "$PSSTOP_PID"');
    expect(await run({ command: [program, '{{target}}'] }, about(), '/proc')).toMatch(
      new RegExp(`again ended with 0 after .*: nginx ${target.pid}; 1 of 1 processes were replaced$`),
    );
  });

  test('that leaves the process as it was is none', async () => {
    const error = await run({ command: ['true'], wait: '300ms' }, about(), '/proc').catch((error: unknown) => error);
    expect(String(error)).toMatch(/true ended with 0 .*; but after 300ms there is still the same demo/);
  });

  test('that fails says how', async () => {
    await expect(run({ command: [place.script('bad', 'echo no; exit 4')] })).rejects.toThrow(
      /bad ended with 4 after .*: no/,
    );
  });

  test('is not run for a process that is gone', async () => {
    const before = { ...target, start: target.start - 1 };
    await expect(run({ command: ['false'] }, about({ processes: [before] }))).rejects.toThrow(Skip);
  });
});

/** Snapshots as a ward hands them out: who is there, one after the other, five seconds apart, and what they hold. */
function ward(members: readonly (readonly number[])[], held: readonly (number | undefined)[]): Ward {
  const sizes = [...held];
  let shot = 0;
  const taken = (): Snapshot =>
    snapshot(
      5 * shot,
      (members[Math.min(shot, members.length - 1)] ?? []).map((pid) =>
        sample({ pid, start: pid === target.pid ? target.start : 1, name: 'demo', unit }),
      ),
    );
  return {
    last: taken,
    next: async () => {
      shot += 1;
      return taken();
    },
    weigh: async () => sizes.shift(),
  };
}

describe('what a restart brought about', () => {
  const verify = { frees: '30%', within: '1m', up: '10s' };

  async function treated(options: object, { members, held }: { members: number[][]; held: (number | undefined)[] }) {
    const notices: string[] = [];
    const courses = openCourses({ notice: ({ kind, message }) => void notices.push(`${kind}: ${message}`) });
    const told: string[] = [];
    const part: ActionContext['part'] = async (data) => {
      const name = String(data);
      const run = async ({ message }: AlertEvent): Promise<string> => {
        told.push(`${name}: ${message}`);
        if (name.startsWith('bad')) throw new Error('no');
        if (name.startsWith('busy')) throw new Retry('come back later');
        return 'ok';
      };
      return { name, action: { timeout: 100, run } };
    };
    const context = { proc: procWith(`/system.slice/${unit}`), courses, ward: ward(members, held), part };
    const action = await restart.create(given(options), actionContext(context));
    const posted: string[] = [];
    const post: Post = ({ name, role }, { kind, severity, id, message }) =>
      void posted.push(`${role} ${name}: ${kind} ${severity} ${id}: ${message}`);
    const run = (): Promise<string> => action.run(about(), calm(), post).catch((error: unknown) => String(error));
    return { run, notices, told, posted, courses };
  }

  test('is told with it, and remembered for the next one', async () => {
    const { run, notices, courses } = await treated(
      { verify },
      { members: [[target.pid], [], [99]], held: [600 * MiB, 90 * MiB] },
    );
    expect(await run()).toMatch(/^restarted .*; 600 MiB before, 90.0 MiB now: 85 % freed$/);
    expect(courses.of(unit)).toMatchObject({ acts: [{ outcome: 'helped', freed: 0.85, state: 'b' }] });
    expect(notices).toEqual([]);
  });

  test('was too little: it is left to a person, once, until somebody else restarts it', async () => {
    const held = [600 * MiB, ...Array.from({ length: 9 }, () => 580 * MiB)];
    const options = { verify, 'hand-over': ['phone'] };
    const { run, notices, posted } = await treated(options, { members: [[target.pid], [99]], held });
    expect(await run()).toMatch(
      /^Error: restarted .*: 3 % freed, 30 % were to be; it is left to a person; phone to be told$/,
    );
    expect(await run()).toMatch(/^Skip: left to a person since .*: the restart did not help: restarted /);
    expect(calls()).toHaveLength(1);
    expect(notices).toEqual([expect.stringMatching(/^handed-over: demo\d+.service is left to a person: /)]);
    expect(posted).toEqual([
      expect.stringMatching(
        /^hand-over phone: fired critical \S+-handed-over: nginx holds .* of 500 MiB. psstop leaves it to a person: /,
      ),
    ]);
    // That it fell over is no reason to begin again; that somebody restarted it is one.
    stands({ InvocationID: 'x', NRestarts: '1' });
    expect(await run()).toMatch(/^Skip: /);
    stands({ InvocationID: 'y' });
    writeFileSync(join(place.folder, 'next'), shown({ InvocationID: 'z' }));
    await run();
    expect(calls()).toHaveLength(2);
    expect(notices[1]).toMatch(/^taken-up: .*somebody has restarted it/);
  });

  test('did for less time than it had to: it is not done again, but left to a person, once', async () => {
    const held = [600 * MiB, 90 * MiB];
    const { run, notices, posted, courses } = await treated(
      { verify: { ...verify, lasts: '1h' }, 'hand-over': ['phone'] },
      { members: [[target.pid], [], [99]], held },
    );
    expect(await run()).toMatch(/85 % freed$/);
    stands({ InvocationID: 'b' });
    expect(await run()).toMatch(
      /^Skip: the last restart, \d+s ago, freed 85 % and lasted [\dm]+s; 1h were to be; it is left to a person; phone to be told$/,
    );
    expect(await run()).toMatch(/^Skip: left to a person since /);
    expect(calls()).toHaveLength(1);
    expect(notices).toEqual([expect.stringMatching(/^handed-over: .* 1h were to be$/)]);
    expect(posted).toHaveLength(1);
    expect(courses.of(unit).acts).toMatchObject([{ outcome: 'useless', before: 600 * MiB, after: 90 * MiB }]);
  });

  test('is waited for no longer than it may take', async () => {
    const { run } = await treated({ verify }, { members: [[target.pid], []], held: [600 * MiB] });
    expect(await run()).toMatch(
      /^Error: restarted .*; no new process of it was up for 10s within 1m; it is left to a person$/,
    );
  });

  test('is given as many tries as the rule says', async () => {
    const held = Array.from({ length: 40 }, () => 500 * MiB);
    const { run, notices } = await treated(
      { verify: { ...verify, tries: 2 } },
      { members: [[target.pid], [99]], held },
    );
    await run();
    expect(notices).toEqual([]);
    stands();
    await run();
    expect(notices).toEqual([expect.stringContaining('2 restarts in a row did not help')]);
  });

  test('what comes before and afterwards is run around it; when the first fails, nothing is restarted', async () => {
    const life = { members: [[target.pid], [99]], held: [] };
    const well = await treated({ before: ['drain'], afterwards: ['fill'] }, life);
    expect(await well.run()).toMatch(/^before, drain: ok; restarted .*; afterwards, fill: ok$/);
    stands();
    const ill = await treated({ before: ['drain', 'bad', 'never'], afterwards: ['fill'] }, life);
    expect(await ill.run()).toBe('Error: before, drain: ok; before, bad: no; not restarted; afterwards, fill: ok');
    expect(calls()).toHaveLength(1);
    const despite = await treated({ before: ['bad'], 'before-fails': 'go-on' }, life);
    expect(await despite.run()).toMatch(/^before, bad: no; restarted /);
  });

  test('what came of it is told afterwards, under an id of its own, and what has to wait is posted', async () => {
    const life = { members: [[target.pid], [99]], held: [600 * MiB, 90 * MiB] };
    const { run, told, posted } = await treated({ verify, before: ['drain'], afterwards: ['busy', 'fill'] }, life);
    expect(await run()).toMatch(/; afterwards, busy: come back later; it is tried again; afterwards, fill: ok$/);
    expect(told).toEqual([
      expect.stringMatching(/^drain: nginx holds .* It is about to be restarted$/),
      expect.stringMatching(/^busy: nginx holds .* Restarted .*; 600 MiB before, 90.0 MiB now: 85 % freed$/),
      expect.stringMatching(/^fill: /),
    ]);
    expect(posted).toEqual([expect.stringMatching(/^afterwards busy: fired \S+ \S+-afterwards: .* 85 % freed$/)]);
  });

  test('a service that is down is not filled again', async () => {
    restarts({ InvocationID: 'b', ActiveState: 'failed', MainPID: '0' });
    const { run, told } = await treated({ afterwards: ['fill'] }, { members: [[target.pid]], held: [] });
    expect(await run()).toMatch(/does not run after its restart.*; afterwards was left out$/);
    expect(told).toEqual([]);
  });
});

test('options with both a unit and a command are refused', async () => {
  const create = async (): Promise<unknown> =>
    restart.create(given({ unit: 'a.service', command: ['true'] }), actionContext());
  await expect(create()).rejects.toThrow(OptionError);
});
