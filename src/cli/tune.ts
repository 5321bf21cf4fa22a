import { setFlagsFromString } from 'node:v8';

/** For a run that is over before optimized code has paid for itself: baseline code from the first call on. Halves what a process more costs a list. */
export function tuneForShortRun(): void {
  setFlagsFromString('--no-opt');
  setFlagsFromString('--always-sparkplug');
}

/**
 * When a function is optimized, and when V8 begins to note what it meets: later than by default by a factor of 15, and of 64.
 * Optimized code and what is kept beside it would take 3 MB, of which what runs for each process is worth its part; notes on
 * what has run but a few times, as most of a start has, would take 1 MB. Node 22 brought a V8 that counts calls.
 */
const LATER =
  Number.parseInt(process.versions.v8, 10) < 12
    ? ['--interrupt-budget=1000000', '--interrupt-budget-factor-for-feedback-allocation=512']
    : [
        '--invocation-count-for-maglev=6000',
        '--invocation-count-for-turbofan=45000',
        '--invocation-count-for-feedback-allocation=512',
      ];

/** For months: young objects die young here, and a small nursery keeps the watchdog small. To be called before much is allocated. */
export function tuneForLongRun(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  // Saves 2 MB of 20 with a thousand processes and a hundred rules; the time that it costs is not measurable.
  setFlagsFromString('--optimize-for-size');
  for (const flag of LATER) setFlagsFromString(flag);
  // Code written into its callers stands several times. Without, the daemon is no slower, and compiling takes 3 MB less for a moment.
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=100');
}
