import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSilence } from '../../../src/core/telling/draft.ts';

const NOW = Date.parse('2026-07-06T12:00:00Z');
const said = { author: 'ann', reason: 'deploy', rule: 'web-*' };

describe('a silence that somebody asks for', () => {
  it('ends after a time, at a time, or when it is resolved', () => {
    expect(readSilence({ ...said, for: '2h' }, NOW)).toMatchObject({
      until: NOW + 7_200_000,
      match: { rule: 'web-*' },
    });
    expect(readSilence({ ...said, until: '2026-07-06T18:00:00+02:00' }, NOW).until).toBe(NOW + 4 * 3_600_000);
    expect(readSilence({ ...said, until: 'resolved' }, NOW).until).toBe('resolved');
  });

  it('may recur, and end when it is not used', () => {
    const recurs = { cron: '0 2 * * *', zone: 'Europe/Berlin', lasts: '1h' };
    expect(readSilence({ ...said, ...recurs, 'expire-unused': '30d' }, NOW)).toMatchObject({
      until: 'ended',
      recurs: { ...recurs, lasts: 3_600_000 },
      expireUnused: 30 * 86_400_000,
    });
  });

  it.each([
    [{ ...said }, 'say when it ends'],
    [{ author: 'ann', reason: 'x', for: '2h' }, 'say what is silenced'],
    [{ ...said, reason: undefined, for: '2h' }, '"reason" is missing'],
    [{ ...said, for: '2h', until: 'resolved' }, 'not both'],
    [{ ...said, until: '2026-07-06T18:00:00' }, 'is no time'],
    [{ ...said, until: '2026-07-06T11:59:59Z' }, 'is over'],
    [{ ...said, for: '2h', zone: 'UTC' }, 'go with cron'],
    [{ ...said, cron: '0 2 * *', zone: 'UTC', lasts: '1h' }, 'is no cron expression'],
    [{ ...said, cron: '0 2 * * *', zone: 'Mars', lasts: '1h' }, 'no time zone "Mars"'],
    [{ ...said, cron: '0 2 * * *', zone: 'UTC' }, 'how long it lasts'],
    [{ ...said, for: '2h', matcher: 'x' }, 'a silence has no "matcher"'],
    [{ ...said, rule: 7, for: '2h' }, '"rule" must be a text'],
    [{ ...said, for: '2h', labels: ['team'] }, '"labels" must be a JSON object'],
    [[said], 'must be a JSON object'],
  ])('is refused with what to write: %j', (draft, why) => {
    expect(() => readSilence(draft, NOW)).toThrow(why);
  });

  it('is plain data or refused, whatever is sent', () => {
    const keys = ['author', 'reason', 'rule', 'target', 'labels', 'for', 'until', 'cron', 'zone', 'lasts'];
    const draft = fc.dictionary(
      fc.constantFrom(...keys),
      fc.oneof(fc.string(), fc.jsonValue(), fc.constantFrom('2h', 'resolved', 'UTC', '* * * * *')),
    );
    fc.assert(
      fc.property(fc.oneof(draft, fc.jsonValue()), (data) => {
        try {
          const silence = readSilence(data, NOW);
          expect(JSON.parse(JSON.stringify(silence))).toEqual(silence);
        } catch (error) {
          expect((error as Error).message).not.toBe('');
        }
      }),
    );
  });
});
