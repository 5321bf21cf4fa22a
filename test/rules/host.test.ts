import { describe, expect, it } from 'vitest';
import { GiB, HOUR, MINUTE, MiB, play, told } from './play.ts';
import { shippedRules } from './shipped.ts';

const web = { name: 'web', size: () => ({ pss: 500 * MiB }) };

describe('the rules for the host', () => {
  const available = async (figure: (second: number) => number): Promise<string[]> => {
    const rules = await shippedRules('host-memory-low', 'host-memory-exhausted');
    const events = play(rules, {
      actors: [web],
      every: 5,
      seconds: 20 * MINUTE,
      memory: (second) => ({ available: figure(second) }),
    });
    return told(events).map((line) => line.replace(/(fired|resolved) (\S+).*/, '$1 $2'));
  };

  it('tell of a host with little memory, and then of one with hardly any', async () => {
    const sinking = (second: number): number => (second < 10 * MINUTE ? 0.5 * GiB : 0.2 * GiB);
    expect(await available(sinking)).toEqual(['300 s: fired host-memory-low', '630 s: fired host-memory-exhausted']);
  });

  it('say nothing of a dip, or of a host that runs at 90 %', async () => {
    expect(await available((second) => (second % 300 < 200 ? 0.5 * GiB : 4 * GiB))).toEqual([]);
    expect(await available(() => 1.6 * GiB)).toEqual([]);
  });
});

describe('the rules for the watchdog', () => {
  it('tell when daemon and reader together hold more than they ever should', async () => {
    const rules = await shippedRules('watchdog-too-big');
    const actors = [
      { name: 'psstop', size: (second: number) => ({ pss: second < HOUR ? 60 * MiB : 90 * MiB }) },
      { name: 'node', ppid: 100, size: () => ({ pss: 20 * MiB }) },
    ];
    expect(told(play(rules, { actors, every: 15, seconds: 2 * HOUR }))).toEqual([
      '4200 s: fired watchdog-too-big psstop[100]',
    ]);
  });

  it('tell once of memory that they are not allowed to see', async () => {
    const rules = await shippedRules('low-coverage');
    const actors = [web, { name: 'secret', size: () => ({ pss: 800 * MiB, unread: true }) }];
    const events = play(rules, { actors, every: 15, seconds: 2 * HOUR });
    expect(told(events)).toHaveLength(1);
    expect(events.find(({ kind }) => kind === 'fired')?.severity).toBe('info');
  });
});
