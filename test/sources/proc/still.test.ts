import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Demand, ProcessSample, Snapshot } from '../../../src/core/types.ts';
import { type ProcSource, procSource } from '../../../src/sources/proc/source.ts';
import { canCompile, type Sharing, startSharing } from '../../simulation/program.ts';
import { READER } from './start.ts';

/** 80 MiB: of who is smaller, looking whether anything moved costs as much as reading. */
const PAGES = 20_000;
const PAGE = 4096;

describe.skipIf(!canCompile)('a live process whose history is due at every snapshot', { timeout: 60_000 }, () => {
  let program: Sharing;
  let source: ProcSource;
  let child = 0;
  let uptime = 1e9;

  beforeAll(async () => {
    program = await startSharing(PAGES);
    child = await program.tell('0 fork 1');
    source = procSource({
      interval: 5_000,
      patience: Number.POSITIVE_INFINITY,
      reader: READER,
      budget: { process: Number.POSITIVE_INFINITY, host: Number.POSITIVE_INFINITY },
      clock: { time: () => uptime, uptime: () => uptime },
      notice: () => {},
      demand: (draft: Snapshot): Demand[] =>
        draft.processes
          .filter(({ process, exact, still }) => process.pid === child && !exact && !still)
          .map((sample) => ({ sample, urgency: 'series', why: () => 'test' })),
    });
  });
  afterAll(async () => {
    await source.close();
    await program.end();
  });

  async function look(): Promise<ProcessSample> {
    uptime += 5_000;
    const { processes } = await source.snapshot();
    const found = processes.find(({ process }) => process.pid === child);
    if (found === undefined) throw new Error('the process is gone');
    return found;
  }

  it('is taken to be as it was only as long as it was not touched', async () => {
    const first = await look();
    expect(first.exact?.pss).toBeLessThan(0.7 * PAGES * PAGE);
    expect(await look()).toMatchObject({ still: true, last: first.exact });
    // Its parent's pages are copied: no more of them are resident than before, and twice as many are its own.
    await program.tell('1 write 0 10000');
    const second = await look();
    expect(second.still).toBeUndefined();
    expect(Math.abs(second.rss - first.rss)).toBeLessThan(0.01 * first.rss);
    const grown = (second.exact?.pss ?? 0) - (first.exact?.pss ?? 0);
    expect(grown / (5_000 * PAGE)).toBeCloseTo(1, 1);
    expect((await look()).still).toBe(true);
    // It gives some back, which is no fault.
    await program.tell('1 drop 0 1000');
    expect((await look()).exact?.rss).toBe((second.exact?.rss ?? 0) - 1_000 * PAGE);
  });

  it('is read all the same now and then, as others change what it has a share in', async () => {
    const seen: boolean[] = [];
    for (let i = 0; i < 8; i++) seen.push((await look()).still === true);
    expect(seen).toEqual([true, true, true, false, true, true, true, false]);
    // The parent has written to what both had: nothing moved in the child, whose share has grown.
    const before = await look();
    await program.tell('0 write 10000 5000');
    expect(await look()).toMatchObject({ still: true, last: before.last });
    let after = await look();
    for (let i = 0; i < 3 && after.still; i++) after = await look();
    expect(after.exact?.pss).toBeGreaterThan((before.last?.pss ?? 0) + 0.4 * 5_000 * PAGE);
  });
});
