import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeControls } from '../../../src/core/escape.ts';
import { flag, lineOf, real, tagText, text, whole } from '../../../src/sinks/influxdb/line.ts';
import { parseLines } from './parse.ts';

const TIME = Date.UTC(2026, 0, 2, 3, 4, 5);
/** What strangers call their processes, with all that means something to the protocol. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc
    .array(fc.constantFrom('\\', ',', '=', ' ', '"', '\n', '\r', '\t', '%', 'a', 'é', '\u202e', '\ud800', '#'), {
      maxLength: 12,
    })
    .map((all) => all.join('')),
);

/** What stands in the database, back to what it was. */
function untag(tag: string): string {
  const bytes = Buffer.from(
    tag.replaceAll(/%([0-9A-F]{2})/g, (_, hex) => `\x00${hex}`),
    'utf8',
  );
  const plain: number[] = [];
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] !== 0) plain.push(bytes[at] ?? 0);
    else {
      plain.push(Number.parseInt(bytes.subarray(at + 1, at + 3).toString(), 16));
      at += 2;
    }
  }
  return Buffer.from(plain).toString('utf8');
}

describe('the line protocol', () => {
  it('is what a parser of the specification reads, whatever the names are', () => {
    fc.assert(
      fc.property(fc.tuple(anyText, anyText, anyText), fc.integer({ min: 0, max: 2e6 }), ([name, unit, words], nth) => {
        const line = lineOf({
          measurement: 'm',
          tags: { name, unit },
          fields: { words: text(words), n: whole(1.4), x: real(0.25), yes: flag(true) },
          time: TIME,
          nth,
        });
        const [point, ...more] = parseLines(line);
        expect(more).toEqual([]);
        const well = (wild: string): string => wild.toWellFormed();
        for (const [key, value] of Object.entries({ name, unit })) {
          expect(untag(point?.tags[key] ?? '')).toBe(well(value));
        }
        expect(point?.fields).toEqual({ words: escapeControls(words), n: 1n, x: 0.25, yes: true });
        expect(point?.time).toBe(BigInt(TIME) * 1_000_000n + BigInt(nth % 1e6));
      }),
      { numRuns: 3000 },
    );
  });

  it('writes whole numbers and others as what they are, for every size', () => {
    fc.assert(
      fc.property(fc.double(), fc.maxSafeInteger(), (number, integer) => {
        const line = lineOf({ measurement: 'm', tags: {}, fields: { i: whole(integer), x: real(number) }, time: TIME });
        const [point] = parseLines(line);
        expect(point?.fields.i).toBe(BigInt(integer));
        if (Number.isFinite(number)) expect(point?.fields.x).toBe(number === 0 ? 0 : number);
        else expect(point?.fields).not.toHaveProperty('x');
      }),
    );
  });

  it('leaves out what is not known, and a point that has nothing left', () => {
    expect(lineOf({ measurement: 'm', tags: {}, fields: { a: whole(undefined), b: real(Number.NaN) }, time: 1 })).toBe(
      '',
    );
    expect(lineOf({ measurement: 'm', tags: { unit: undefined, name: '' }, fields: { a: whole(1) }, time: TIME })).toBe(
      'm a=1i 1767323045000000000\n',
    );
  });

  it('ends no tag with a backslash, and shortens what is endless', () => {
    expect(tagText('C:\\')).toBe('C:%5C');
    expect(tagText('x'.repeat(5000)).length).toBeLessThanOrEqual(200);
    expect(text('y'.repeat(9000))?.length).toBeLessThan(4100);
  });

  it('has a parser that sees what is wrong', () => {
    for (const bad of [
      'm a=1 5\n',
      'm,t= a=1i 1767323045000000000\n',
      'm,t=x\\,a=1i 1767323045000000000\n',
      'm a="x 1767323045000000000\n',
      'm a=x 1767323045000000000\n',
      'm,a=b a=1i 1767323045000000000\n',
      'm,a=b\nc x=1i 1767323045000000000\n',
    ]) {
      expect(() => parseLines(bad), bad).toThrow();
    }
  });
});
