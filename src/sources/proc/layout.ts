/**
 * What the daemon and its reader child say to each other. The only description of it: both sides import this file.
 *
 * Daemon to reader: once, the byte length of the proc root as a u32 and the root itself. Then batches: u32 count, u32 careful
 * (1: flush after each answer), count requests of u32 pid and u32 flags. Integers are in the machine's own byte order.
 *
 * Reader to daemon: records of `RECORD` bytes, doubles in the order of `FIELD`, one for each request in the order asked; each is
 * followed by `text` bytes of command line, padded to a multiple of 8. The first record, with pid 0, says that the reader is up.
 */

/** Bytes of one request, and of the head of a batch. */
export const REQUEST = 8;

/** The command line is wanted too. */
export const WANT_CMDLINE = 1;
/** A big process: flush what is done before reading it, so that a long silence is known to be its own. */
export const BIG = 2;
/** The command line alone: the memory is not to be read, or not yet. */
export const NAME_ONLY = 4;
/** Which build of its program it runs is wanted too. The file may lie on a server that does not answer. */
export const WANT_BUILD = 8;

/** Position of each double in a record. Memory is in kB, `at` in ms of the monotonic clock, `took` in ms, `cpu` in ms since the reader's start (0: not told), `build` a hash (0: not known). */
export const FIELD = {
  pid: 0,
  status: 1,
  at: 2,
  took: 3,
  rss: 4,
  pss: 5,
  swapPss: 6,
  uss: 7,
  anon: 8,
  file: 9,
  shmem: 10,
  dirty: 11,
  cpu: 12,
  text: 13,
  build: 14,
} as const;

/** Doubles in a record, and its size in bytes. */
export const FIELDS = 15;
export const RECORD: number = FIELDS * 8;

/** What became of a request. `empty`: the file was there and held no figures. `trouble`: out of descriptors or memory, may work later. */
export const STATUS = { ok: 0, gone: 1, denied: 2, empty: 3, trouble: 4 } as const;

/** The longest command line handed on, in bytes. */
export const CMDLINE_MAX = 4096;

/** Bytes that a command line of `length` bytes takes after its record. */
export function padded(length: number): number {
  return (length + 7) & ~7;
}
