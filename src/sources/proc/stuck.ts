/** Remembers whose reading hung, so that the same process does not cost a deadline in every snapshot. All times are ms of one clock. */
export interface StuckList {
  /** True when reading this process is to be left out now. A retry that is due is allowed once in each back-off. */
  avoids(process: { pid: number; start: number }, now: number): boolean;
  /** True when its last reading hung. */
  knows(process: { pid: number; start: number }): boolean;
  /** True when this user's processes are not read for a while. */
  quarantined(uid: number, now: number): boolean;
  /** A reading of the process hung. @returns true when this puts its user into quarantine. */
  hung(process: { pid: number; start: number; uid: number }, now: number): boolean;
  /** A reading of the process came through. */
  recovered(pid: number): void;
  /** Forgets processes that are no more. */
  keepOnly(alive: (pid: number, start: number) => boolean): void;
}

const FIRST_RETRY = 30_000;
const LAST_RETRY = 3_600_000;
const QUARANTINE = 300_000;
const HANGS_PER_USER = 3;
const ROOT = 0;

interface Hang {
  readonly start: number;
  readonly uid: number;
  readonly wait: number;
  readonly retryAt: number;
}

/**
 * A process that hung is tried again after 30 s, then twice as late each time, up to an hour. The third hung process of one
 * user ends the reading of all his others for five minutes. Root is not quarantined: it needs no such trick to blind us, and
 * its processes are those a watchdog is there for.
 */
export function stuckList(): StuckList {
  const hangs = new Map<number, Hang>();
  const quarantines = new Map<number, number>();

  function hung({ pid, start, uid }: { pid: number; start: number; uid: number }, now: number): boolean {
    const before = hangs.get(pid);
    const wait = before?.start === start ? Math.min(before.wait * 2, LAST_RETRY) : FIRST_RETRY;
    hangs.set(pid, { start, uid, wait, retryAt: now + wait });
    if (uid === ROOT || uid < 0) return false;
    const others = [...hangs.values()].filter((hang) => hang.uid === uid).length;
    if (others < HANGS_PER_USER) return false;
    const already = (quarantines.get(uid) ?? 0) > now;
    quarantines.set(uid, now + QUARANTINE);
    return !already;
  }

  function keepOnly(alive: (pid: number, start: number) => boolean): void {
    for (const [pid, { start }] of hangs) if (!alive(pid, start)) hangs.delete(pid);
  }

  return {
    hung,
    keepOnly,
    knows: ({ pid, start }) => hangs.get(pid)?.start === start,
    avoids: ({ pid, start }, now) => {
      const hang = hangs.get(pid);
      return hang !== undefined && hang.start === start && hang.retryAt > now;
    },
    quarantined: (uid, now) => (quarantines.get(uid) ?? 0) > now,
    recovered: (pid) => void hangs.delete(pid),
  };
}

/** What to say of a process whose reading hangs. */
export function describeHang(pid: number, name: string): string {
  return `reading process ${pid} (${name}) hangs: it holds its own memory lock. It is left out and tried again now and then`;
}

/** What to say of a user who is in quarantine. */
export function describeQuarantine(user: string): string {
  return `three processes of user ${user} make reading hang: the memory of this user's processes is not read for the next 5 minutes`;
}
