import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import command from '../../src/actions/command.ts';
import { OptionError, Retry } from '../../src/core/errors.ts';
import type { AlertEvent } from '../../src/core/types.ts';
import { actionContext, alertEvent, calm, given, HOSTILE } from './event.ts';
import { ended, type Programs, pidsIn, programs, running } from './programs.ts';

let place: Programs;
const left: number[] = [];

beforeAll(() => {
  place = programs();
});
afterAll(() => place.remove());
afterEach(() => {
  for (const pid of left.splice(0)) if (running(pid)) process.kill(pid, 'SIGKILL');
});

interface Running {
  readonly event?: AlertEvent;
  readonly signal?: AbortSignal;
}

async function run(options: object, { event = alertEvent(), signal = calm() }: Running = {}): Promise<string> {
  const action = await command.create(given(options), actionContext());
  return action.run(event, signal);
}

async function failure(options: object, running: Running = {}): Promise<Error> {
  return run(options, running).then(
    (done) => Promise.reject(new Error(`it went well: ${done}`)),
    (error: Error) => error,
  );
}

const print = (): string => place.script('print', 'for a in "$@"; do echo "[$a]"; done');

describe('a command', () => {
  test('gets the event as JSON and as variables', async () => {
    const program = place.script('event', 'cat; env | grep ^PSSTOP_ | sort');
    const event = alertEvent({ target: { processes: [{ pid: 7, start: 1, name: 'nginx' }] } });
    const said = await run({ run: [program], 'output-limit': '64KiB' }, { event });
    expect(said).toContain(JSON.stringify(event));
    for (const line of [
      'PSSTOP_KIND=fired',
      'PSSTOP_PID=7',
      'PSSTOP_UNIT=nginx.service',
      'PSSTOP_LABEL_TEAM=web',
      'PSSTOP_VALUE=641728512',
    ]) {
      expect(said).toContain(`\n${line}\n`);
    }
  });

  test('gets what strangers wrote as text that no shell reads', async () => {
    const event = alertEvent({ target: { name: `${HOSTILE}\0` } });
    const said = await run(
      { run: [print(), '--name={{target}}', '{{target}}', '{{rule}}-{{value}}', 'a b'] },
      { event },
    );
    expect(said).toContain('[--name=evil\n<2>\x1b[2J\u202e$(id)`"\'&<script>@all]\n[evil');
    expect(said).toContain('[web-over-budget-612 MiB]\n[a b]');
  });

  test('is never handed an option by a stranger', async () => {
    const event = alertEvent({ target: { name: '-rf' } });
    const error = await failure({ run: [print(), '{{target}}'] }, { event });
    expect(error.message).toContain('"{{target}}" became "-rf", which the program would read as an option');
    expect(await run({ run: [print(), '--', '-x', 'a{{target}}'] }, { event })).toContain('[--]\n[-x]\n[a-rf]');
  });

  test('inherits nothing of the daemon but its path and language', async () => {
    const secrets = ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'LISTEN_FDS', 'CREDENTIALS_DIRECTORY', 'NODE_OPTIONS'];
    const before = secrets.map((name) => [name, process.env[name]] as const);
    for (const name of secrets) process.env[name] = '';
    try {
      const said = await run({ run: ['env'], env: { MINE: 'y\0es' }, input: 'none' });
      const names = [...said.matchAll(/(?:: |\n)([A-Z_]+)=/g)]
        .map(([, name]) => name)
        .filter((name) => !name?.startsWith('PSSTOP_'));
      expect(said).toContain('MINE=yes');
      expect(names.filter((name) => !['PATH', 'LANG', 'LC_ALL', 'TZ', 'MINE'].includes(name ?? ''))).toEqual([]);
    } finally {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  });

  test('may leave its input unread, however long that is', async () => {
    const event = alertEvent({ because: 'x'.repeat(500_000) });
    expect(await run({ run: ['true'] }, { event })).toMatch(/^true ended with 0 after \d+/);
  });

  test('runs in the folder it is told to', async () => {
    expect(await run({ run: ['pwd'], cwd: place.folder })).toContain(`: ${place.folder}`);
    expect((await failure({ run: ['pwd'], cwd: '/nonexistent' })).message).toContain('no folder /nonexistent');
  });

  test.skipIf(process.getuid?.() !== 0)('runs as another user, in its main group alone', async () => {
    const program = place.script('who', 'id -u; id -G; echo $HOME');
    expect(await run({ run: [program], user: 'nobody' })).toContain(': 65534\n65534\n/nonexistent');
    expect(await run({ run: [program], user: '65534' })).toContain(': 65534\n65534');
  });
});

describe('a command that fails', () => {
  test('says how, with the end of its output', async () => {
    const program = place.script('fails', 'echo out; echo "bad\\033[2J" >&2; exit 3');
    const error = await failure({ run: [program] });
    expect(error).not.toBeInstanceOf(Retry);
    const [how = '', output = ''] = error.message.split(/(?<=after [^:]*): /);
    expect(how).toMatch(/fails ended with 3 after /);
    expect(output.split('\n').sort()).toEqual(['bad\x1b[2J', 'out']);
  });

  test('is run again when it asks for it or the rule does', async () => {
    expect(await failure({ run: [place.script('tempfail', 'exit 75')] })).toBeInstanceOf(Retry);
    expect(await failure({ run: [place.script('one', 'exit 1')], retry: true })).toBeInstanceOf(Retry);
  });

  test('by a signal says which', async () => {
    expect((await failure({ run: [place.script('segv', 'kill -SEGV $$')] })).message).toContain('was ended by SIGSEGV');
  });

  test('because it is not there, not executable or not runnable says so', async () => {
    expect((await failure({ run: ['/nonexistent/program'] })).message).toBe('there is no program /nonexistent/program');
    expect((await failure({ run: ['psstop-nonexistent'] })).message).toMatch(/no program psstop-nonexistent in \//);
    expect((await failure({ run: [place.script('plain', '', 0o644)] })).message).toContain('chmod +x');
    const odd = place.script('odd', '');
    execFileSync('sh', ['-c', 'echo "#!/nonexistent/shell" > "$0"', odd]);
    expect((await failure({ run: [odd] })).message).toMatch(/no such program, no interpreter for it/);
  });

  test('because others could have changed it is not run', async () => {
    const program = print();
    chmodSync(program, 0o757);
    expect((await failure({ run: [program] })).message).toContain('can be changed by others');
  });

  test('for want of room is tried again', () => {
    const script = `
      import { openSync } from 'node:fs';
      import command from '${new URL('../../build/actions/command.js', import.meta.url)}';
      const action = await command.create({ run: ['true'] }, ${JSON.stringify(actionContext())});
      try { for (;;) openSync('/dev/null', 'r'); } catch {}
      const event = ${JSON.stringify(alertEvent())};
      const error = await action.run(event, new AbortController().signal).catch((error) => error);
      process.stderr.write(error.name + ': ' + error.message);`;
    const shell = 'ulimit -n 100; exec "$0" --input-type=module -e "$1" 2>&1';
    const said = execFileSync('sh', ['-c', shell, process.execPath, script], { encoding: 'utf8' });
    expect(said).toMatch(/^Retry: no room to start \/.*\/true: EMFILE$/);
  });
});

describe('a command that does not end', () => {
  const stubborn = (pids: string): string =>
    place.script(
      'stubborn',
      `trap '' TERM HUP; echo $$ >> ${pids}
       sh -c 'trap "" TERM; echo $$ >> ${pids}; while :; do sleep 1; done' &
       setsid sh -c 'trap "" TERM; echo $$ >> ${pids}; while :; do sleep 1; done' &
       echo begun; while :; do sleep 1; done`,
    );

  test('is ended with all it has started, even what ignores TERM or has left its session', async () => {
    const file = join(place.folder, 'stubborn.pids');
    const begin = performance.now();
    const failing = failure({ run: [stubborn(file)], timeout: '400ms', grace: '200ms' });
    const pids = await pidsIn(file, 3);
    left.push(...pids);
    expect(pids.every(running)).toBe(true);
    const error = await failing;
    expect(error.message).toMatch(
      /stubborn did not end within 400ms and was ended with the \d+ processes it had started: begun$/,
    );
    expect(error).not.toBeInstanceOf(Retry);
    expect(performance.now() - begin).toBeLessThan(3000);
    expect(await Promise.all(pids.map(ended))).toEqual([true, true, true]);
  });

  test('is ended when it is called off', async () => {
    const file = join(place.folder, 'called.pids');
    const controller = new AbortController();
    const failing = failure({ run: [stubborn(file)], grace: '50ms' }, { signal: controller.signal });
    const pids = await pidsIn(file, 3);
    left.push(...pids);
    controller.abort();
    expect((await failing).message).toContain('was called off');
    expect(await Promise.all(pids.map(ended))).toEqual([true, true, true]);
  });

  test('is not even begun when it was called off before', async () => {
    const file = join(place.folder, 'never.pids');
    await failure({ run: [stubborn(file)] }, { signal: AbortSignal.abort() });
    await expect(
      Promise.race([pidsIn(file, 1), new Promise((resolve) => setTimeout(resolve, 100, 'none'))]),
    ).resolves.toBe('none');
  });

  test('and floods its output takes no memory', async () => {
    const program = place.script('flood', 'exec yes flooding');
    const before = process.memoryUsage.rss();
    const error = await failure({ run: [program], timeout: '700ms', 'output-limit': '1KiB' });
    expect(error.message).toMatch(/\(\d{6,} bytes left out\) /);
    expect(error.message.length).toBeLessThan(2000);
    expect(process.memoryUsage.rss() - before).toBeLessThan(64 * 2 ** 20);
  });
});

test('a program that leaves another behind, holding its output, is done when it ends itself', async () => {
  const file = join(place.folder, 'behind.pids');
  const program = place.script('behind', `sleep 30 & echo $! > ${file}; echo done`);
  const begin = performance.now();
  expect(await run({ run: [program], timeout: '20s' })).toMatch(/ended with 0 after .*: done$/);
  expect(performance.now() - begin).toBeLessThan(3000);
  const pids = await pidsIn(file, 1);
  left.push(...pids);
  expect(pids.every(running)).toBe(true);
});

test('a program that is left behind may go on writing for as long as it likes', async () => {
  const file = join(place.folder, 'writing.pids');
  const program = place.script(
    'writing',
    `(while sleep 0.05; do echo tick; echo tick >> ${file}.ticks; done) & echo $! > ${file}`,
  );
  await run({ run: [program] });
  const pids = await pidsIn(file, 1);
  left.push(...pids);
  const ticks = (): number => readFileSync(`${file}.ticks`, 'utf8').length;
  const before = ticks();
  for (let tries = 0; tries < 100 && ticks() < before + 20; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 20));
  expect(ticks()).toBeGreaterThanOrEqual(before + 20);
  expect(pids.every(running)).toBe(true);
});

describe('options', () => {
  test.each([
    ['no program', {}, /run: \[/],
    ['a program to fill in', { run: ['{{target}}'] }, /can not be filled in/],
    ['a relative path', { run: ['./x'] }, /not an absolute path/],
    ['an unknown field', { run: ['true', '{{pidd}}'] }, /unknown field/],
    ['an argument with NUL', { run: ['true', 'a\0b'] }, /NUL/],
    ['an unknown user', { run: ['true'], user: 'psstop-nobody' }, /there is no user/],
    ['too much output', { run: ['true'], 'output-limit': '2MiB' }, /at most 1MiB/],
  ])('with %s are refused', async (_what, options, word) => {
    const create = async (): Promise<unknown> => command.create(given(options), actionContext());
    await expect(create()).rejects.toThrow(OptionError);
    await expect(create()).rejects.toThrow(word);
  });

  test('are checked without running or looking for anything', async () => {
    const action = await command.create(
      given({ run: ['/nonexistent'], user: 'psstop-nobody' }),
      actionContext({ live: false }),
    );
    await expect(action.run(alertEvent(), calm())).rejects.toThrow();
  });
});
