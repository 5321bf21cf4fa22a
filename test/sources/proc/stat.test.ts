import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyStat, parseStat, parseStatm } from '../../../src/sources/proc/stat.ts';
import { statText } from '../proc-tree.ts';

function parse(text: Uint8Array) {
  const stat = emptyStat();
  const ok = parseStat(text, text.length, stat);
  return ok ? { ...stat, comm: Buffer.from(text).toString('latin1', stat.commBegin, stat.commEnd) } : undefined;
}

test.each(['a b', 'a) R 1', '((', '))', ') S 1 1 1', 'x\ny', '', '(sd-pam)', '\u{1f600}\u{1f600}\u{1f600}'])(
  'the name %j is read to its last bracket',
  (comm) => {
    const stat = parse(statText({ pid: 7, comm, ppid: 3, start: 123_456, vsize: 4096, rss: 400, state: 'D' }));
    expect(stat).toMatchObject({
      comm: Buffer.from(comm).toString('latin1'),
      ppid: 3,
      start: 123_456,
      vsize: 4096,
      rss: 100,
      state: 68,
      cpu: 3,
      threads: 1,
    });
  },
);

test('any name of 15 bytes leaves the fields right', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 15 }), fc.nat(), (comm, start) => {
      expect(parse(statText({ pid: 7, comm, start }))).toMatchObject({
        comm: Buffer.from(comm).toString('latin1'),
        start,
        ppid: 1,
      });
    }),
  );
});

test('a cut or garbled stat is refused or gives finite figures', () => {
  const valid = statText({ pid: 7 });
  const garbage = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc.nat(valid.length).map((length) => valid.subarray(0, length)),
    fc.tuple(fc.nat(valid.length - 1), fc.uint8Array({ maxLength: 9 })).map(([at, bytes]) => {
      const changed = Buffer.from(valid);
      changed.set(bytes.subarray(0, changed.length - at), at);
      return changed;
    }),
  );
  fc.assert(
    fc.property(garbage, (text) => {
      const stat = parse(text);
      if (stat === undefined) return;
      for (const figure of [stat.ppid, stat.start, stat.vsize, stat.rss])
        expect(Number.isFinite(figure) && figure >= 0).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['2500 330 100 10 0 200 0\n', { size: 2500, resident: 330, shared: 100 }],
  ['0 0 0 0 0 0 0\n', { size: 0, resident: 0, shared: 0 }],
  ['', undefined],
  ['12', undefined],
  ['12 x', undefined],
  ['12 10 ', undefined],
  ['-1 -1 -1 ', undefined],
  ['1 99999999999999999999 1 ', undefined],
])('statm %j is %j', (text, expected) => {
  const statm = { size: -1, resident: -1, shared: -1 };
  const ok = parseStatm(Buffer.from(text), text.length, statm);
  expect(ok ? statm : undefined).toEqual(expected);
});

test('page faults and threads of stat are read', () => {
  const stat = parse(
    Buffer.from('7 (a b) S 1 7 7 34816 -1 4194304 120 9 30 8 5 6 7 8 20 0 4 0 900 1000 50 18446744073709551615 0 0\n'),
  );
  expect(stat).toMatchObject({ ppid: 1, faults: 150, threads: 4, start: 900, vsize: 1000, rss: 50 });
});
