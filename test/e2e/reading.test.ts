import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive, makePlace, type Place, type Running, start, until, watch } from './daemon.ts';

const PROGRAMS = new URL('./programs/', import.meta.url).pathname;
const MiB = 2 ** 20;

let place: Place;
/** Comm has 15 bytes. */
let name: string;
let cleanUp: (() => unknown)[];

beforeEach(() => {
  place = makePlace();
  name = `read-${process.pid}-${Math.random().toString(36).slice(2, 5)}`.slice(0, 15);
  cleanUp = [];
});

afterEach(async () => {
  for (const clean of cleanUp.reverse()) await clean();
  place.remove();
});

/** A process that holds 200 MiB within a second, and no more. */
function holder(): Running {
  const running = start(process.execPath, [`${PROGRAMS}leak.mjs`, '40', '100', '200', name]);
  cleanUp.push(() => running.stop());
  return running;
}

/** A daemon with a setting of `reading:`, and a rule about that process. */
function daemon(reading: string, { rule = '', more = '', args = [] as string[] } = {}): Running {
  place.write('psstop.yaml', `interval: 500ms\nheartbeat: 1s\nrules: rules.d\nreading: { ${reading} }\n${more}`);
  place.write('rules.d/budget.yaml', rules(rule));
  const running = watch(place, ...args);
  cleanUp.push(() => running.stop());
  return running;
}

function rules(more = ''): string {
  return `rules:
  - { name: budget, select: ${name}, when: { above: { pss: 150MiB } }, then: [log] }
${more}`;
}

describe('psstop watch', { timeout: 90_000 }, () => {
  it('says why it reads a process when it is asked to, and reads none that no rule depends on', async () => {
    const { pid } = holder();
    const psstop = daemon('per-process: 100%, per-host: 100%', { args: ['--debug'] });
    const output = await psstop.says(/fired.*budget/);
    expect(output).toMatch(
      new RegExp(`^psstop: read ${pid} \\(${name}\\) to decide: budget: pss of ${name} (lies|is at most)`, 'm'),
    );
    // Whoever is young and small is of no interest to anybody.
    expect(output).not.toMatch(new RegExp(`^psstop: read ${psstop.pid} .* to decide`, 'm'));
  });

  it('does not decide what it was not allowed to read, and says so', async () => {
    const { pid } = holder();
    const psstop = daemon('per-process: 0%', {
      rule: '  - { name: blind, by: host, when: { above: { undecided: 0 } }, then: [log] }\n',
      args: ['--debug'],
    });
    const output = await psstop.says(/fired.*blind/);
    expect(output).not.toMatch(/(pending|fired).*budget/);
    expect(output).not.toMatch(new RegExp(`read ${pid} `));
  });

  it('reads everything in every snapshot where that is wished for', async () => {
    const csv = `sinks: [{ csv: { file: ${place.path('rows.csv')} } }]\n`;
    const { pid } = holder();
    const psstop = daemon('exact: always', { more: csv, args: ['--debug'] });
    await until(() => new RegExp(`,${name},${pid},\\d+,`).test(place.read('rows.csv')));
    await psstop.stop();
    const [head = '', ...rows] = place.read('rows.csv').trim().split('\n');
    const columns = head.split(',');
    const of = (row: string, column: string): string | undefined => row.split(',')[columns.indexOf(column)];
    const [first] = rows.map((row) => of(row, 'time'));
    const plain = rows.filter((row) => of(row, 'time') === first && !row.includes('"'));
    expect(plain.length).toBeGreaterThan(3);
    expect(plain.filter((row) => of(row, 'pss_kb') === '' && of(row, 'unread') === '')).toEqual([]);
    expect(psstop.output()).not.toMatch(/psstop: read \d+ /);
  });

  it('reads a process again right before it is ended a while after the alert', async () => {
    const running = holder();
    const rule = `  - name: late
    select: ${name}
    by: process
    when: { above: { pss: 150MiB } }
    then: [{ signal: { signal: TERM, after: 2s } }]
`;
    const psstop = daemon('per-process: 10%', { rule });
    const output = await psstop.says(/read again right before: \d+ MiB; .*TERM/);
    const held = Number(/read again right before: (\d+) MiB/.exec(output)?.[1]);
    expect(held * MiB).toBeGreaterThan(200 * MiB);
    expect(held * MiB).toBeLessThan(300 * MiB);
    await running.ended;
    expect(isAlive(running.pid)).toBe(false);
  });

  it('tells the end of a rule that was taken away by the action that it had, which is closed only then', async () => {
    const plugin = `import { appendFileSync } from 'node:fs';
const note = (text) => appendFileSync(${JSON.stringify(place.path('notes'))}, text + '\\n');
export default {
  summary: 'notes what it is told', example: {}, schema: { type: 'object' }, on: ['fired', 'resolved'],
  create: () => ({ timeout: 1000, async run({ kind }) { note(kind); return 'noted'; }, close: () => note('closed') }),
};
`;
    place.write('plugins/actions/note.mjs', plugin);
    holder();
    const rule = `  - { name: noted, select: ${name}, when: { above: { pss: 150MiB } }, then: [note] }\n`;
    const psstop = daemon('per-process: 10%', { rule, more: `plugins: ${place.path('plugins')}\n` });
    await until(() => place.read('notes') === 'fired\n');
    place.write('rules.d/budget.yaml', rules());
    psstop.child.kill('SIGHUP');
    await until(() => place.read('notes').includes('closed'));
    expect(place.read('notes')).toBe('fired\nresolved\nclosed\n');
  });
});
