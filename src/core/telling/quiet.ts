/** Why nothing is done to a process now, while people are told. */
export const QUIET = {
  kind: 'quiet hours',
  why: 'quiet hours: nothing is done to processes before they end',
} as const;
