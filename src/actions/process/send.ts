import { type Identity, isRunning } from './identity.ts';
import type { Pidfds, Sent } from './pidfd.ts';

/** Sends signals to processes that are certainly still the ones meant. */
export type Sender = (target: Identity, signal: NodeJS.Signals) => Sent;

/** The proc file system of the pid namespace that we signal in. */
const OWN_PROC = '/proc';

/**
 * Makes a sender. With pidfds the process is held by the kernel while its start time is compared, so that nobody else can
 * have its pid when the signal is sent; without them the time is compared right before it.
 * @param proc where the identities were read. In another pid namespace than ours the same pid is another process, so our own /proc must agree.
 */
export function makeSender(proc: string, pidfds: Pidfds | undefined): Sender {
  const certain = (target: Identity): boolean =>
    isRunning(proc, target) && (proc === OWN_PROC || isRunning(OWN_PROC, target));
  if (pidfds === undefined) return (target, signal) => (certain(target) ? kill(target.pid, signal) : 'gone');
  return (target, signal) => pidfds.hold(target.pid, (send) => (certain(target) ? send(signal) : 'gone'));
}

function kill(pid: number, signal: NodeJS.Signals): Sent {
  try {
    process.kill(pid, signal);
    return 'sent';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return 'gone';
    return 'denied';
  }
}
