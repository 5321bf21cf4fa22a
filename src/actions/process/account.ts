import { readFileSync } from 'node:fs';
import { OptionError } from '../../core/errors.ts';

/** A user as /etc/passwd knows it (passwd(5)). */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** Finds a user by name or number. @throws OptionError */
export function findAccount(path: readonly string[], user: string, file = '/etc/passwd'): Account {
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [name = '', , uid = '', gid = '', , home = '/'] = line.split(':');
    if (uid !== '' && (name === user || uid === user)) return { name, uid: Number(uid), gid: Number(gid), home };
  }
  throw new OptionError(path, `there is no user "${user}" in ${file}`);
}
