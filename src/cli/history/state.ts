import type { OptionSpec } from '../options.ts';

/** The option that says where the history stands. */
export const STATE_OPTION: OptionSpec = {
  name: 'state',
  value: 'FOLDER',
  env: true,
  summary: "the state folder with the history (default /var/lib/psstop, or the user's)",
};
