import { constants } from 'node:os';

/** What became of a signal: sent; not sent, as the process is gone or its pid is another's; not permitted. */
export type Sent = 'sent' | 'gone' | 'denied';

/** Processes held by a file descriptor (pidfd_open(2), Linux 5.3): as long as it is open, its signal reaches no other. */
export interface Pidfds {
  /** Holds a process while `act` runs, which may send it signals. @returns what `act` does, or `gone` without calling it. */
  hold(pid: number, act: (send: (signal: NodeJS.Signals) => Sent) => Sent): Sent;
}

/** The same numbers on all architectures, as of all system calls since Linux 5.1. */
const PIDFD_SEND_SIGNAL = 424;
const PIDFD_OPEN = 434;
const { ESRCH, EPERM } = constants.errno;

/** Finds the kernel's pidfds. @returns undefined where koffi is not installed or the kernel (or a filter) does not know them. */
export async function loadPidfds(): Promise<Pidfds | undefined> {
  try {
    const { default: koffi } = await import('koffi');
    const libc = koffi.load(null);
    const syscall = libc.func('long syscall(long number, long a, long b, long c, long d)');
    const close = libc.func('int close(int fd)');
    const call = (number: number, ...rest: [number, number]): number => Number(syscall(number, ...rest, 0, 0));
    const own = call(PIDFD_OPEN, process.pid, 0);
    if (own < 0) return undefined;
    const works = call(PIDFD_SEND_SIGNAL, own, 0) === 0;
    close(own);
    return works ? pidfds({ call, close, errno: () => koffi.errno() }) : undefined;
  } catch {
    return undefined;
  }
}

interface Libc {
  readonly call: (number: number, ...rest: [number, number]) => number;
  readonly close: (fd: number) => void;
  readonly errno: () => number;
}

function pidfds({ call, close, errno }: Libc): Pidfds {
  return {
    hold(pid, act) {
      const fd = call(PIDFD_OPEN, pid, 0);
      if (fd < 0) {
        const error = errno();
        if (error === ESRCH) return 'gone';
        throw new Error(`pidfd_open of ${pid} failed with errno ${error}`);
      }
      try {
        return act((signal) => outcome(call(PIDFD_SEND_SIGNAL, fd, constants.signals[signal]), errno));
      } finally {
        close(fd);
      }
    },
  };
}

function outcome(result: number, errno: () => number): Sent {
  if (result === 0) return 'sent';
  const error = errno();
  if (error === ESRCH) return 'gone';
  if (error === EPERM) return 'denied';
  throw new Error(`pidfd_send_signal failed with errno ${error}`);
}
