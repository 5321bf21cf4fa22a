import type { ExactReading, ProcessInfo, ProcessSample, Snapshot } from '../../core/types.ts';

/** The same process again and again, with its start moved once. */
const moved = new WeakMap<ProcessInfo, ProcessInfo>();

/**
 * A snapshot as it would have been had everything since `first` taken `factor` times as long: a minute of a program under load can
 * stand for hours. What was measured stays as it is, but for CPU time, which is a duration too. Durations are reckoned from the first snapshot, ages too.
 */
export function scaled(snapshot: Snapshot, first: Snapshot, factor: number): Snapshot {
  const uptime = (at: number) => first.uptime + (at - first.uptime) * factor;
  const reading = (exact: ExactReading): ExactReading => ({ ...exact, at: uptime(exact.at) });
  const sample = (one: ProcessSample): ProcessSample => ({
    ...one,
    process: processOf(one.process, uptime),
    ...(one.exact && { exact: reading(one.exact) }),
    ...(one.last && { last: reading(one.last) }),
    ...(one.cpu !== undefined && { cpu: one.cpu * factor }),
    ...(one.loadAt !== undefined && { loadAt: uptime(one.loadAt) }),
  });
  return {
    ...snapshot,
    time: first.time + (snapshot.time - first.time) * factor,
    uptime: uptime(snapshot.uptime),
    processes: snapshot.processes.map(sample),
  };
}

function processOf(process: ProcessInfo, uptime: (at: number) => number): ProcessInfo {
  const known = moved.get(process);
  if (known) return known;
  const made = { ...process, startedAt: uptime(process.startedAt) };
  moved.set(process, made);
  return made;
}
