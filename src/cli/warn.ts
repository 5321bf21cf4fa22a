import { escapeControls } from '../core/escape.ts';
import type { World } from './world.ts';

/** Says something on standard error, in one line. @param message as it came: strangers may have had a hand in it. */
export function warn({ stderr }: Pick<World, 'stderr'>, message: string): void {
  stderr.write(`psstop: ${escapeControls(message)}\n`);
}
