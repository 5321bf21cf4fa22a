import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ProcTree, procTree } from '../../sources/proc-tree.ts';
import { type Call, type Running, start, until } from '../psstop.ts';
import { type Folder, folder } from '../rules.ts';

const EVIL = 'we\u001b[2Jb';

let place: Folder;
let tree: ProcTree;
let daemon: Running;
let socket: string;

beforeEach(async () => {
  place = folder();
  tree = procTree();
  tree.host({ anon: 2400, mapped: 0 });
  tree.add({ pid: 7, comm: EVIL, rss: 3000, pss: 2000 });
  tree.add({ pid: 8, comm: 'db', rss: 500, pss: 400 });
  // Time goes on in it as it does outside.
  rmSync(join(tree.root, 'uptime'));
  symlinkSync('/proc/uptime', join(tree.root, 'uptime'));
  socket = join(place.path, 'run', 'control.sock');
  write(1000);
  const where = ['-r', join(place.path, 'rules'), '--proc', tree.root, '--socket', socket];
  daemon = start(['watch', '-i', '200ms', ...where]);
  await until(() => daemon.stdout().includes('fired'));
});
afterEach(async () => {
  daemon.child.kill('SIGTERM');
  await daemon.ended;
  tree.dispose();
  place.dispose();
});

/** A rule that fires for whoever is above so many KiB, and reminds three times a second. */
function write(kib: number, when = `{ above: { pss: ${kib}KiB } }`): void {
  place.write(
    'rules/a.yaml',
    `rules:\n  - { name: big, labels: { team: web }, when: ${when}, repeat: 300ms, then: [{ log: { file: ${place.path}/log } }] }\n`,
  );
}

function call(...args: readonly string[]): Promise<Call> {
  return start([...args, '--socket', socket]).ended;
}

const lines = (): string[] => (place.read('log') ?? '').split('\n').filter(Boolean);

describe('the commands that talk to the daemon', () => {
  it('show what fires, and take it upon somebody: no more reminders', async () => {
    const { stdout, code } = await call('alerts');
    expect(code).toBe(0);
    expect(stdout).toMatch(/firing +warning +big +we\\x1b\[2Jb +1\.95 MiB/);
    expect(stdout).not.toContain('\u001b');
    await until(() => lines().some((line) => line.includes('reminded')));
    expect(await call('ack', 'big', EVIL, '--reason', 'on it', '--author', 'ann')).toEqual({
      stdout: 'acknowledged: 1 alert\n',
      stderr: '',
      code: 0,
    });
    const [first] = (await call('alerts', '--json')).stdout.split('\n').map((line) => line && JSON.parse(line));
    expect(first).toMatchObject({ acknowledged: { author: 'ann', reason: 'on it' } });
    const known = lines().length;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(lines().length).toBeLessThanOrEqual(known + 1);
    expect(await call('ack', 'nothing', '--reason', 'x')).toMatchObject({ code: 1 });
    expect(await call('ack', 'big')).toMatchObject({ code: 2, stderr: expect.stringContaining('--reason') });
  });

  it('silence, show and end it, and say what is wrong with it', async () => {
    const added = await call(
      'silence',
      'add',
      '--label',
      'team=w*',
      '--until',
      'resolved',
      '--reason',
      'deploy',
      '--author',
      'ann',
    );
    expect(added).toMatchObject({ code: 0, stderr: '' });
    const id = added.stdout.split(' ')[0] ?? '';
    expect(added.stdout).toBe(`${id} team=w* until it is resolved, by ann: deploy\n`);
    expect((await call('silence')).stdout).toBe(added.stdout);
    await until(() => daemon.stdout().includes(`skipped log big`));
    const known = lines().length;
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect(lines().length).toBeLessThanOrEqual(known + 1);
    expect((await call('alerts')).stdout).toContain(`silenced by ann (${id}): deploy`);
    expect(await call('silence', 'end', id)).toMatchObject({ code: 0, stdout: `ended: ${id}\n` });
    await until(() => lines().length > known + 1);
    expect(await call('silence', 'end', id)).toMatchObject({ code: 1 });
    const wrong = await call('silence', 'add', '--rule', 'big', '--for', '2', '--reason', 'x');
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('a unit is missing') });
    const why = { code: 2, stderr: expect.stringContaining('--reason=TEXT') };
    expect(await call('silence', 'add', '--rule', 'big', '--for', '2h')).toMatchObject(why);
    expect(await call('silence', 'add', '--rule', 'none', '--until', 'resolved', '--reason', 'x')).toMatchObject({
      code: 2,
    });
  });

  it('load the rules again, and say what is wrong with them', async () => {
    expect(await call('reload')).toEqual({ stdout: '1 rule in force\n', stderr: '', code: 0 });
    write(1000, '{ abov: 1 }, fro: 1m');
    const { code, stderr } = await call('reload');
    expect(code).toBe(2);
    expect(stderr).toMatch(/did you mean "above"\?\n.*did you mean "for"\?\n$/);
    expect(daemon.stdout()).toMatch(/rules rejected, the 1 rule loaded before stay in force: .*"above"\?; .*"for"\?\n/);
  });

  it('say why: what a rule says of a process, and what was read for it', async () => {
    const { stdout, code } = await call('why', '7');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^big: we\\x1b\[2Jb is firing for /);
    expect(stdout).toContain('the condition holds: pss is 1.95 MiB, above 1000 KiB');
    expect(stdout).toMatch(/\n {2}alert \w+, taken: log(; \d+ times held)?; reminds in 0s\n/);
    expect(stdout).toMatch(/7 we\\x1b\[2Jb: RSS 2\.93 MiB, read .* ago: 1\.95 MiB/);
    expect((await call('why', 'db')).stdout).toContain('db is idle\n  the condition does not hold');
    expect(await call('why', '99')).toMatchObject({ code: 1, stderr: expect.stringContaining('no rule looks at 99') });
  });

  it('say of what is undecided what was read last, and what becomes of its alert', async () => {
    const config = place.write('psstop.yaml', 'reading: { per-process: 0.0001% }\n');
    daemon.child.kill('SIGTERM');
    await daemon.ended;
    const where = ['-c', config, '-r', join(place.path, 'rules'), '--proc', tree.root, '--socket', socket];
    daemon = start(['watch', '-i', '200ms', ...where]);
    await until(() => daemon.stdout().includes('fired'));
    let text = '';
    for (let turn = 0; turn < 50 && !text.includes('undecided'); turn += 1) text = (await call('why', '7')).stdout;
    expect(text).toMatch(/^big: we\\x1b\[2Jb is firing for /);
    expect(text).toContain('undecided until it is read again, the alert stays as it is: pss may lie on either side');
    expect(text).toContain('  pss at most 2.93 MiB; 1.95 MiB when it was read last\n');
    expect(text).toMatch(/ago: 1\.95 MiB \(postponed: its turn comes later\)\n$/);
  });

  it('say why of a whole host by the process that was asked for, and of many by the biggest', async () => {
    for (let pid = 20; pid < 32; pid += 1) tree.add({ pid, comm: 'many', rss: 500 + 4 * pid, pss: 400 });
    place.write('rules/b.yaml', 'rules:\n  - { name: low, when: { below: { available: 1KiB } } }\n');
    await call('reload');
    let many = '';
    for (let turn = 0; turn < 50 && !/^low: /m.test(many); turn += 1) many = (await call('why', 'many')).stdout;
    const [ofTarget = '', ofHost = ''] = many.split(/^(?=low: )/m);
    expect(ofTarget).toMatch(/^big: many is firing/);
    expect(ofTarget.match(/^ {2}\d+ many: /gm)).toHaveLength(10);
    expect(ofTarget).toMatch(/ {2}31 many: .*\n {2}30 many: /);
    expect(ofTarget).toMatch(/\n {2}… and 2 more\n$/);
    expect(ofHost).toMatch(/^low: every process is idle/);
    expect(ofHost).toMatch(/\n {2}… and 4 more\n$/);
    expect((await call('why', '8')).stdout).toMatch(/\n {2}8 db: .*\n {2}… and 13 more\n$/);
    const [low] = (await call('why', 'low', '--json')).stdout.split('\n').map((line) => line && JSON.parse(line));
    expect(low).toMatchObject({ count: 14, processes: { length: 14 } });
  });
});

it('without a daemon they say so, and end with 1', async () => {
  for (const command of ['alerts', 'silence', 'reload']) {
    const { code, stderr } = await start([command, '--socket', '/nowhere/control.sock']).ended;
    expect([code, stderr]).toEqual([1, 'psstop: no psstop is running that listens at /nowhere/control.sock\n']);
  }
});
