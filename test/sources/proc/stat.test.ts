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
  ['2500 330 100 10 0 200 0\n', 330],
  ['0 0 0 0 0 0 0\n', 0],
  ['', undefined],
  ['12', undefined],
  ['12 x', undefined],
  ['-1 -1 ', undefined],
  ['1 99999999999999999999 ', undefined],
])('statm %j has %s resident pages', (text, pages) => {
  expect(parseStatm(Buffer.from(text), text.length)).toBe(pages);
});
