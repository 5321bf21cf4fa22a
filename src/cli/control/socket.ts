import { join } from 'node:path';
import { type Given, type OptionSpec, textOf } from '../options.ts';

/** The option that says where the running daemon listens. */
export const SOCKET_OPTION: OptionSpec = {
  name: 'socket',
  value: 'PATH',
  env: true,
  summary: 'control socket, or none (default /run/psstop/control.sock)',
};

const NAME = 'control.sock';
const SYSTEM = '/run/psstop';

/** Where a daemon listens; undefined where there is no folder that is its own, as there is none for who only looks on. */
export function socketOf(
  given: Given,
  env: NodeJS.ProcessEnv,
  uid: number | undefined = process.getuid?.(),
): string | undefined {
  const named = textOf(given, 'socket');
  if (named !== undefined) return named === 'none' ? undefined : named;
  const own = env.RUNTIME_DIRECTORY?.split(':')[0];
  if (own) return join(own, NAME);
  // The usual place belongs to the daemon that acts, which may be started later.
  if (given.values['dry-run'] === true) return undefined;
  return uid === 0 ? join(SYSTEM, NAME) : ofUser(env);
}

/** Where a daemon may be listening, the likeliest first: the system's, then one's own. */
export function socketsToTry(given: Given, env: NodeJS.ProcessEnv): string[] {
  const named = textOf(given, 'socket');
  if (named !== undefined) return [named];
  const user = ofUser(env);
  return [join(SYSTEM, NAME), ...(user === undefined ? [] : [user])];
}

function ofUser({ XDG_RUNTIME_DIR: folder }: NodeJS.ProcessEnv): string | undefined {
  return folder ? join(folder, 'psstop', NAME) : undefined;
}
