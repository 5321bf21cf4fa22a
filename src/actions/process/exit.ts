import { Retry } from '../../core/errors.ts';
import { formatDuration } from '../../core/units.ts';
import type { Ended } from './run.ts';

/** The exit status by which a program asks to be run again: EX_TEMPFAIL of sysexits.h. */
const TRY_AGAIN = 75;

/** Says how a program ended, with its output as it was: whoever shows it escapes it. @throws Error when it failed, Retry when it or the rule wants it run again. */
export function judgeExit(program: string, ended: Ended, retry = false): string {
  const how = ended.signal === null ? `ended with ${ended.code}` : `was ended by ${ended.signal}`;
  const output = ended.output === '' ? '' : `: ${ended.output}`;
  const said = `${program} ${how} after ${formatDuration(ended.took)}${output}`;
  if (ended.code === 0) return said;
  throw retry || ended.code === TRY_AGAIN ? new Retry(said) : new Error(said);
}
