/** What a rule can look at. For a group it is the sum over the members; `age` is the oldest member's. The last five belong to the host. */
export type Measure =
  | 'pss'
  | 'swap'
  | 'memory'
  | 'uss'
  | 'anon'
  | 'file'
  | 'shmem'
  | 'dirty'
  | 'rss'
  | 'count'
  | 'age'
  | 'available'
  | 'total'
  | 'unaccounted'
  | 'coverage'
  | 'undecided';

/** How a number is written for people. `ratio` is 0 to 1. */
export type Unit = 'bytes' | 'bytes/s' | 'ratio/s' | 'count' | 'duration' | 'ratio';

/** How processes are put together into targets. `tree`: a process and all below it, counted as one (the default with `select: { parent: … }`). */
export type GroupBy = 'name' | 'process' | 'tree' | 'unit' | 'container' | 'cgroup' | 'user' | 'exe' | 'host';
