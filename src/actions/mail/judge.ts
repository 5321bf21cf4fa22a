import { codeOf, messageOf, Retry } from '../../core/errors.ts';
import { clip } from '../../core/escape.ts';

const SHOWN = 300;
/** Nodemailer's names for what no second attempt can mend, when the server gave no status. */
const FINAL = new Set(['EENVELOPE', 'EMESSAGE', 'ENOAUTH', 'ECONFIG', 'EREQUIRETLS', 'EFILEACCESS', 'EURLACCESS']);

/** Turns the failure of a mail into what the engine understands: statuses from 400 on may pass, those from 500 on do not (RFC 5321, 4.2.1). */
export function judgeMailFailure(error: unknown, server: string, signal: AbortSignal): Error {
  if (signal.aborted) return new Retry(`${server} did not take the mail in time`, { cause: error });
  const code = codeOf(error) ?? '';
  const status = (error as { responseCode?: number }).responseCode ?? 0;
  const words = clip(messageOf(error), SHOWN);
  const passing = status >= 400 && status < 500;
  if (code === 'EAUTH' && !passing) {
    return new Error(`${server} refused the login, check user and password: ${words}`, { cause: error });
  }
  if (status >= 500 || (status === 0 && FINAL.has(code))) {
    return new Error(`${server} refused the mail: ${words}`, { cause: error });
  }
  return new Retry(`${server} did not take the mail: ${words}${code === '' ? '' : ` (${code})`}`, { cause: error });
}
