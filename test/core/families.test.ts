import { describe, expect, it } from 'vitest';
import { Families } from '../../src/core/families.ts';
import type { ProcessInfo } from '../../src/core/types.ts';
import { sample, snapshot } from './world.ts';

const process = (pid: number, ppid: number, name: string): ProcessInfo => sample({ pid, ppid, name }).process;

/** Names from the process up to the topmost one above it, and how often they had to be looked up. */
function lineages() {
  const families = new Families<string>();
  let lookups = 0;
  let uptime = 0;
  return {
    see(...processes: ProcessInfo[]): { lines: string[]; lookups: number } {
      lookups = 0;
      const seen = snapshot(
        ++uptime,
        processes.map((process) => ({ process, rss: 0 })),
      );
      families.meet(seen);
      const lines = processes.map((one) =>
        families.of(one, (process, parents) => {
          lookups += 1;
          const names: string[] = [];
          for (let up: ProcessInfo | undefined = process; up && names.length < 9; up = parents(up.ppid))
            names.push(up.name);
          return names.join(' < ');
        }),
      );
      return { lines, lookups };
    },
  };
}

const init = process(1, 0, 'init');
const shell = process(20, 1, 'sh');
const job = process(30, 20, 'job');

describe('families', () => {
  it('look up again only who has a change above it', () => {
    const { see } = lineages();
    expect(see(init, shell, job)).toEqual({ lines: ['init', 'sh < init', 'job < sh < init'], lookups: 3 });
    expect(see(init, shell, job).lookups).toBe(0);
    const other = process(31, 1, 'other');
    expect(see(init, shell, job, other)).toEqual({
      lines: ['init', 'sh < init', 'job < sh < init', 'other < init'],
      lookups: 1,
    });
    const renamed = { ...shell, name: 'bash' };
    expect(see(init, renamed, job, other)).toEqual({
      lines: ['init', 'bash < init', 'job < bash < init', 'other < init'],
      lookups: 2,
    });
  });

  it('notice who has ended, who came in between, and who came back', () => {
    const { see } = lineages();
    see(init, shell, job);
    expect(see(init, job)).toEqual({ lines: ['init', 'job'], lookups: 1 });
    expect(see(init, shell, job)).toEqual({ lines: ['init', 'sh < init', 'job < sh < init'], lookups: 2 });
    const adopted = { ...job, ppid: 1 };
    expect(see(init, shell, adopted)).toEqual({ lines: ['init', 'sh < init', 'job < init'], lookups: 1 });
  });

  it('does not matter in which order they stand', () => {
    const { see } = lineages();
    expect(see(job, shell, init).lines).toEqual(['job < sh < init', 'sh < init', 'init']);
    expect(see(job, shell, { ...init, name: 'systemd' })).toEqual({
      lines: ['job < sh < systemd', 'sh < systemd', 'systemd'],
      lookups: 3,
    });
  });

  it('come to an end in a ring', () => {
    const { see } = lineages();
    const [a, b] = [process(5, 6, 'a'), process(6, 5, 'b')];
    see(a, b);
    expect(see(a, b).lookups).toBe(0);
    const { lines } = see(a, { ...b, name: 'c' });
    expect(lines[0]).toMatch(/^a < c < a/);
    expect(lines[1]).toMatch(/^c < a < c/);
  });
});
