import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where state is kept when nobody names a folder: what the service manager gives ($STATE_DIRECTORY), else by who runs psstop. */
export function defaultStateFolder(env: NodeJS.ProcessEnv): string {
  const given = env.STATE_DIRECTORY?.split(':')[0];
  if (given) return given;
  if (process.getuid?.() === 0) return '/var/lib/psstop';
  return join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'psstop');
}
