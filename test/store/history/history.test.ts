import { afterEach, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../../src/core/types.ts';
import { type Actor, BOOTED, info, snapshotAt } from './host.ts';
import { all, reading, type Written, writeHistory } from './store.ts';

const MIB = 2 ** 20;
const [SECOND, HOUR, DAY] = [1_000, 3_600_000, 86_400_000];
const exactly = (text: string) => (other: string) => other === text;

const open: Written[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.dispose();
});

async function written(...args: Parameters<typeof writeHistory>): Promise<Written> {
  const one = await writeHistory(...args);
  open.push(one);
  return one;
}

/** Snapshots from one uptime to another, ms. */
function* snapshots(
  actors: readonly Actor[],
  { from = 0, to, every = 15 * SECOND }: { from?: number; to: number; every?: number },
): Generator<Snapshot> {
  for (let uptime = from; uptime < to; uptime += every) yield snapshotAt(uptime, actors);
}

/** Grows by 1 MiB an hour and breathes. */
const GROWS: Actor = {
  process: info(7, { name: 'web', unit: 'web.service', container: 'c1' }),
  pss: (uptime) => 100 + uptime / HOUR + (uptime % 60_000) / 60_000,
};
/** Lives for ten minutes. */
const SHORT: Actor = { process: info(9, { name: 'job' }), pss: () => 5, from: 20 * 60 * SECOND, to: 30 * 60 * SECOND };
/** Is read once. */
const IDLE: Actor = { process: info(8, { name: 'idle' }), pss: (uptime) => (uptime === 60 * SECOND ? 3 : undefined) };
const ACTORS = [GROWS, SHORT, IDLE];

describe('a history', () => {
  it('gives back every reading as it was made, from the first minute on and while it is being written', async () => {
    const { folder, play } = await written();
    const seen = [...snapshots(ACTORS, { to: 3 * HOUR })];
    play(seen);
    await reading(folder, (reader) => {
      const [life] = reader.lives({ name: exactly('web') });
      expect(life).toMatchObject({ boot: 'boot-1', started: BOOTED + 7_000, since: BOOTED });
      expect(life?.process).toMatchObject({ pid: 7, start: 700, unit: 'web.service', container: 'c1', user: 'root' });
      const points = life ? reader.points(life) : [];
      // At most the last minute is not there yet.
      expect(points.length).toBeGreaterThanOrEqual(seen.length - 4);
      for (const [index, point] of points.entries()) {
        const sample = seen[index]?.processes[0];
        const { at, swapPss, ...figures } = sample?.exact ?? { at: 0, swapPss: 0 };
        expect(point).toMatchObject({
          ...figures,
          swap: swapPss,
          time: BOOTED + at,
          cpu: sample?.cpu,
          threads: 3,
          count: 1,
        });
        expect(point.age).toBe(at === 0 ? 0 : at - 7_000);
      }
    });
  });

  it('knows each life from its first reading to its end, and never a command line', async () => {
    const { folder, play, keeper } = await written();
    play(snapshots(ACTORS, { to: HOUR }));
    keeper.close();
    await reading(folder, (reader) => {
      const lives = reader.lives();
      expect(lives.map(({ process }) => process.name)).toEqual(['web', 'idle', 'job']);
      const [web, idle, job] = lives;
      expect(job?.since).toBe(BOOTED + 20 * 60 * SECOND);
      expect((job?.until ?? 0) - BOOTED - 30 * 60 * SECOND).toBeLessThanOrEqual(75 * SECOND);
      expect([web?.until, idle?.until]).toEqual([BOOTED + HOUR - 15 * SECOND, BOOTED + HOUR - 15 * SECOND]);
      expect(JSON.stringify(lives)).not.toContain('secret');
      expect(reader.lives({ unit: exactly('web.service') })).toHaveLength(1);
      expect(reader.lives({ container: exactly('c1'), pid: 7 })).toHaveLength(1);
      expect(reader.lives({ pid: 4 })).toHaveLength(0);
      expect(reader.lives({ until: BOOTED + 60 * SECOND }).map(({ process }) => process.name)).toEqual(['web', 'idle']);
      expect(reader.lives({ since: BOOTED + 40 * 60 * SECOND }).map(({ process }) => process.name)).toEqual([
        'web',
        'idle',
      ]);
    });
  });

  it('begins another life with an exec, and takes up those that go on after a restart', async () => {
    const first = await written();
    first.play(snapshots([GROWS], { to: 10 * 60 * SECOND }));
    first.keeper.close();
    const execed: Actor = { ...GROWS, process: { ...GROWS.process, name: 'other', exe: '/bin/other' } };
    const again = await writeHistory(first.folder);
    again.play(snapshots([GROWS], { from: 11 * 60 * SECOND, to: 20 * 60 * SECOND }));
    again.play(snapshots([execed], { from: 20 * 60 * SECOND, to: 30 * 60 * SECOND }));
    again.keeper.close();
    await reading(first.folder, (reader) => {
      const lives = reader.lives();
      expect(lives.map(({ process }) => process.name)).toEqual(['web', 'other']);
      expect(lives.map((life) => reader.points(life).length)).toEqual([40 + 36, 40]);
    });
  });

  it('keeps the sums over names, units and containers, and what looking cost', async () => {
    const twin: Actor = { ...GROWS, process: info(10, { name: 'web' }), pss: () => 50 };
    const { folder, play, keeper } = await written();
    play(snapshots([GROWS, twin, IDLE], { to: HOUR }));
    keeper.close();
    await reading(folder, (reader) => {
      const [web] = reader.sums('name', exactly('web'));
      const webPoints = web?.points() ?? [];
      expect(webPoints.length).toBeGreaterThanOrEqual(59);
      const [point] = webPoints;
      expect(point).toMatchObject({ processes: 2, read: 2, count: 1 });
      const uptime = (point?.time ?? 0) - BOOTED;
      expect(point?.pss).toBe(Math.round((GROWS.pss(uptime) ?? 0) * 1024) * 1024 + 50 * MIB);
      const [idle] = reader.sums('name', exactly('idle'));
      expect(idle?.points().at(-1)).toMatchObject({ processes: 1, atMost: 900 * MIB });
      expect(reader.sums('unit', () => true).map(({ key }) => key)).toEqual(['web.service']);
      expect(reader.sums('container', () => true).map(({ key }) => key)).toEqual(['c1']);
      const hosts = reader.hosts();
      expect(hosts).toHaveLength(240);
      expect(hosts[1]).toMatchObject({ processes: 3, exact: 2, wall: 12.5, longest: 1.5, cpu: 9.5, total: 2 ** 34 });
      expect(reader.span()).toEqual({ since: BOOTED, until: BOOTED + HOUR - 15 * SECOND });
    });
  });

  it('keeps what happened', async () => {
    const { folder, play, keeper } = await written();
    keeper.note({ type: 'notice', kind: 'started', severity: 'info', time: 1, message: 'begun' });
    play(snapshots([GROWS], { to: 30 * SECOND }));
    keeper.note({ type: 'notice', kind: 'stopped', severity: 'info', time: 2, message: 'ended' });
    keeper.close();
    await reading(folder, (reader) => {
      expect(reader.events().map(({ time, what }) => [time, 'message' in what && what.message])).toEqual([
        [BOOTED, 'begun'],
        [BOOTED + 15 * SECOND, 'ended'],
      ]);
      expect(reader.events({ since: BOOTED + 1 })).toHaveLength(1);
    });
  });
});

describe('a history that grows old', () => {
  it('adds up what was read alone: a sum of which nothing was read yet is not 0', async () => {
    const late: Actor = { ...GROWS, pss: (uptime) => (uptime < HOUR + 150 * SECOND ? undefined : 80) };
    const { folder, play, keeper } = await written();
    play(snapshots([late], { to: 2 * DAY, every: 60 * SECOND }));
    keeper.tidyAll();
    keeper.close();
    await reading(folder, (reader) => {
      const points = reader.sums('name', exactly('web'))[0]?.points() ?? [];
      const read = points.filter((point) => point.read > 0);
      expect(points.filter(({ count, read: some }) => count > 1 && some === 0)).not.toHaveLength(0);
      expect(read.filter(({ count }) => count > 1)).not.toHaveLength(0);
      for (const { pss, least, most } of read) expect([pss, least, most]).toEqual([80 * MIB, 80 * MIB, 80 * MIB]);
      expect(read[0]?.time).toBeLessThan(BOOTED + HOUR + 300 * SECOND);
    });
  });

  it('keeps readings for a day, then the least, middle and greatest of five minutes, then of an hour', async () => {
    const { folder, play, keeper } = await written();
    play(snapshots([GROWS], { to: 36 * DAY, every: 600 * SECOND }));
    keeper.tidyAll();
    keeper.close();
    await reading(folder, (reader) => {
      const [life] = reader.lives();
      const points = life ? reader.points(life) : [];
      const times = points.map(({ time }) => time);
      expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
      // Nothing is counted twice, nothing is missing but the last minute.
      expect(points.reduce((sum, { count }) => sum + count, 0)).toBe(36 * 144);
      const counts = new Set(points.map(({ count }) => count));
      expect([...counts]).toEqual([6, 1]);
      const raw = points.filter(({ count }) => count === 1);
      expect(raw.length).toBeGreaterThanOrEqual(144);
      expect(raw.length).toBeLessThanOrEqual(31 * 144);
      for (const { time, pss, least, most } of points) {
        expect(least.pss).toBeLessThanOrEqual(pss);
        expect(most.pss).toBeGreaterThanOrEqual(pss);
        const there = (GROWS.pss(0) ?? 0) + (time - BOOTED) / HOUR;
        expect(Math.abs(pss / MIB - there)).toBeLessThan(0.51);
      }
      const hour = points[0];
      expect(((hour?.most.pss ?? 0) - (hour?.least.pss ?? 0)) / MIB).toBeCloseTo(50 / 60, 2);
    });
  }, 60_000);

  it('is bounded by age', async () => {
    const { folder, play, keeper } = await written(undefined, { age: 3 * DAY, size: 2 ** 30 });
    play(snapshots(ACTORS, { to: 6 * DAY, every: 60 * SECOND }));
    keeper.tidyAll();
    keeper.close();
    await reading(folder, (reader) => {
      const span = reader.span();
      expect((span?.until ?? 0) - (span?.since ?? 0)).toBeLessThanOrEqual(3.3 * DAY);
      expect((span?.until ?? 0) - (span?.since ?? 0)).toBeGreaterThanOrEqual(2.9 * DAY);
      // Whoever ended long ago is forgotten, whoever lives is not, even if nothing of it is left.
      expect(reader.lives().map(({ process }) => process.name)).toEqual(['web', 'idle']);
    });
  }, 60_000);
});

describe('a history that is played', () => {
  it('is the snapshots as they were taken', async () => {
    const { folder, play, keeper } = await written();
    const seen = [...snapshots(ACTORS, { to: 2 * HOUR })];
    play(seen);
    keeper.close();
    const played = await reading(folder, (reader) => all(reader.snapshots()));
    expect(played).toHaveLength(seen.length);
    for (const [index, snapshot] of played.entries()) {
      const { processes, memory, ...rest } = seen[index] ?? snapshotAt(0, []);
      expect(snapshot).toMatchObject({ ...rest, memory });
      const exact = ({ processes: all }: Snapshot) =>
        all.flatMap(({ process, exact: one, cpu }) => (one ? [[process.pid, one, cpu]] : []));
      expect(exact(snapshot).sort()).toEqual(exact({ ...snapshot, processes }).sort());
    }
    const idle = played.at(-1)?.processes.find(({ process }) => process.name === 'idle');
    expect(idle).toMatchObject({ last: { at: 60 * SECOND, pss: 3 * MIB } });
    expect(idle?.exact).toBeUndefined();
    // The same object as long as nothing changed: rules look at it once.
    expect(played[9]?.processes[0]?.process).toBe(played[8]?.processes[0]?.process);
    const part = await reading(folder, (reader) =>
      all(reader.snapshots({ since: BOOTED + HOUR, until: BOOTED + HOUR + 60 * SECOND })),
    );
    expect(part.map(({ uptime }) => uptime)).toEqual([0, 15, 30, 45, 60].map((more) => HOUR + more * SECOND));
    expect(part[0]?.processes).toHaveLength(2);
  });

  it('has one snapshot a bucket where points were put together', async () => {
    const { folder, play, keeper } = await written();
    play(snapshots([GROWS], { to: 3 * DAY, every: 60 * SECOND }));
    keeper.tidyAll();
    keeper.close();
    const played = await reading(folder, (reader) => all(reader.snapshots()));
    const gaps = played.slice(1).map(({ uptime }, index) => uptime - (played[index]?.uptime ?? 0));
    expect(new Set(gaps)).toEqual(new Set([300_000, 180_000, 60_000]));
    expect(played.every(({ processes: [one] }) => one?.exact !== undefined)).toBe(true);
  }, 60_000);
});

describe('the time of a history', () => {
  it('goes on when the clock is set, and shows what the clock says now', async () => {
    const { folder, play, keeper } = await written();
    play(snapshots([GROWS], { to: HOUR }));
    const late = [...snapshots([GROWS], { from: HOUR, to: 2 * HOUR })].map((one) => ({
      ...one,
      time: one.time + 40 * 365 * DAY,
    }));
    play(late);
    keeper.tidyAll();
    play([...snapshots([GROWS], { from: 2 * HOUR, to: 3 * HOUR })]);
    keeper.close();
    await reading(folder, (reader) => {
      expect(reader.span()).toEqual({ since: BOOTED, until: BOOTED + 3 * HOUR - 15 * SECOND });
      expect(reader.hosts()).toHaveLength(3 * 240);
    });
  });

  it('goes on over boots: a clock that is off by years does not make all of it old', async () => {
    const { folder, play, keeper } = await written(undefined, { age: 10 * DAY, size: 2 ** 30 });
    play(snapshots([GROWS], { to: HOUR }));
    const booted = (uptime: number, time: number) => snapshotAt(uptime, [GROWS], { boot: 'boot-2', time });
    play(
      Array.from({ length: 240 }, (_, index) =>
        booted(index * 15 * SECOND, BOOTED + 40 * 365 * DAY + index * 15 * SECOND),
      ),
    );
    play([booted(HOUR, BOOTED + 3 * HOUR)]);
    keeper.tidyAll();
    keeper.close();
    await reading(folder, (reader) => {
      const lives = reader.lives();
      expect(lives.map(({ boot }) => boot)).toEqual(['boot-1', 'boot-2']);
      expect(lives.map(({ since }) => since)).toEqual([BOOTED, BOOTED + 2 * HOUR]);
      expect(lives.map((life) => reader.points(life).length)).toEqual([240, 241]);
    });
  });
});
