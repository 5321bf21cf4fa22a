import { spawn } from 'node:child_process';

/** Speaks to the service manager that started us (sd_notify(3)). */
export interface ServiceManager {
  /** Sends `READY=1`, `WATCHDOG=1`, `STATUS=…`; a failure is nothing that a watchdog could do anything about. */
  notify(...state: readonly string[]): void;
  /** How often systemd wants to hear WATCHDOG=1, ms; undefined when it does not care. */
  readonly watchdog: number | undefined;
}

const AF_UNIX = 1;
/** SOCK_DGRAM | SOCK_CLOEXEC */
const DATAGRAM = 0o2000002;
const MSG_NOSIGNAL = 0x4000;
const MSG_DONTWAIT = 0x40;

/**
 * Connects to the manager named by NOTIFY_SOCKET and WATCHDOG_USEC, and takes both out of `env`: a child that inherits
 * them could speak for us. @returns undefined when there is no manager.
 */
export async function connectServiceManager(env: NodeJS.ProcessEnv): Promise<ServiceManager | undefined> {
  const { NOTIFY_SOCKET: address, WATCHDOG_USEC: usec, WATCHDOG_PID: pid } = env;
  for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']) delete env[name];
  if (!address) return undefined;
  const send = (await sendBySocket(address)) ?? sendByHelper(address);
  const ours = pid === undefined || Number(pid) === process.pid;
  return {
    notify: (...state) => send(state.join('\n')),
    watchdog: usec && ours ? Number(usec) / 1000 : undefined,
  };
}

/** Node has no datagram sockets of the UNIX kind: koffi calls the C library, where it is installed; 5 µs. */
async function sendBySocket(address: string): Promise<((state: string) => void) | undefined> {
  try {
    const { default: koffi } = await import('koffi');
    const libc = koffi.load('libc.so.6');
    const socket = libc.func('int socket(int, int, int)');
    const sendto = libc.func('long sendto(int, const uint8_t *, size_t, int, const uint8_t *, uint32_t)');
    const fd: number = socket(AF_UNIX, DATAGRAM, 0);
    if (fd < 0) return undefined;
    const to = socketAddress(address);
    return (state) => {
      const bytes = Buffer.from(state);
      sendto(fd, bytes, bytes.length, MSG_NOSIGNAL | MSG_DONTWAIT, to, to.length);
    };
  } catch {
    return undefined;
  }
}

/** systemd's own helper does the same in 5 ms; the unit must have NotifyAccess=all for it. */
function sendByHelper(address: string): (state: string) => void {
  return (state) => {
    const options = { env: { PATH: process.env.PATH ?? '', NOTIFY_SOCKET: address }, stdio: 'ignore' } as const;
    try {
      spawn('systemd-notify', [`--pid=${process.pid}`, ...state.split('\n')], options).on('error', () => undefined);
    } catch {
      // No memory for a child: the next snapshot tries again.
    }
  };
}

/** struct sockaddr_un: the family, then the path; `@` stands for the NUL byte of an abstract address. */
function socketAddress(address: string): Buffer {
  const family = Buffer.alloc(2);
  family.writeUInt16LE(AF_UNIX);
  const abstract = address.startsWith('@');
  return Buffer.concat([family, Buffer.from(abstract ? `\0${address.slice(1)}` : `${address}\0`)]);
}
