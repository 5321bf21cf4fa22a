import type { ExactReading, Snapshot, UnreadReason } from '../../core/types.ts';
import { type Access, describeGap, gapOf, readAccess } from './access.ts';
import { type ProcOptions, withDefaults } from './options.ts';
import { Pacer } from './pace.ts';
import { Sampler } from './sampler.ts';

/** Snapshots of the processes under a proc root. */
export interface ProcSource extends AsyncIterable<Snapshot> {
  /** Takes one now, or right after the one being taken. @throws when the root can't be listed. */
  snapshot(): Promise<Snapshot>;
  /** Makes the iteration's next snapshot due now. */
  nudge(): void;
  /** Reads one process now, to be sure before something is done to it. */
  reread(pid: number, start: number): Promise<ExactReading | UnreadReason>;
  /** Ends the reader and the iteration. */
  close(): Promise<void>;
  /** Process id of the reader child at the moment. */
  readerPid(): number | undefined;
}

/** Reads processes from a proc file system: the cheap files in this process, whatever takes a process's memory lock in a child that can be killed. */
export function procSource(options: ProcOptions): ProcSource {
  const { interval, notice } = options;
  const sampler = new Sampler(withDefaults(options));
  const tellHost = hostTeller(options);
  const tellGap = gapTeller(options);
  let last: Promise<unknown> = Promise.resolve();

  /** One begins when the one before it has ended, however that did. */
  function snapshot(): Promise<Snapshot> {
    const next = last.then(async () => {
      const taken = await sampler.take();
      tellHost(taken);
      tellGap(taken);
      return taken;
    });
    last = next.catch(() => {});
    return next;
  }

  const overrun = (message: string): void => notice({ kind: 'overrun', severity: 'warning', message });
  const pacer = new Pacer({ interval, take: snapshot, overrun });
  return {
    snapshot,
    nudge: () => pacer.nudge(),
    reread: (pid, start) => sampler.reread(pid, start),
    readerPid: () => sampler.readerPid,
    [Symbol.asyncIterator]: () => pacer.iterate(),
    async close() {
      pacer.stop();
      await sampler.close();
      await last;
    },
  };
}

/** Says at the start that nothing is known of the host, and what to do. */
function hostTeller({ root = '/proc', only, notice }: ProcOptions): (taken: Snapshot) => void {
  let looked = only !== undefined;
  return ({ memory }) => {
    if (looked) return;
    looked = true;
    if (memory.total > 0) return;
    const missing =
      'what the host has, what is available and how much is covered is not known, and shares of its memory are not judged';
    const remedy = 'Under systemd, write ProcSubset=all; in a container, let it see the whole of /proc';
    notice({ kind: 'coverage', severity: 'warning', message: `${root}/meminfo can't be read: ${missing}. ${remedy}` });
  };
}

/** Says once what may not be read, and what to do. Where only some are read on purpose, nothing is missing. */
function gapTeller({ root = '/proc', only, notice }: ProcOptions): (taken: Snapshot) => void {
  let told = only !== undefined;
  let access: Access | undefined;
  return (taken) => {
    if (told) return;
    access ??= readAccess(root);
    const message = describeGap(gapOf(taken), access);
    if (message === undefined) return;
    told = true;
    notice({ kind: 'coverage', severity: 'warning', message });
  };
}
