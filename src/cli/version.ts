import { readFileSync } from 'node:fs';
import { ROOT } from '../files/root.ts';

/** The version in package.json, which lies two folders above this file both in src and in dist. */
export function readVersion(): string {
  const text = readFileSync(new URL('../package.json', ROOT), 'utf8');
  const { version } = JSON.parse(text) as { version?: string };
  return version ?? 'unknown';
}
