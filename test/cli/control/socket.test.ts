import { describe, expect, it } from 'vitest';
import { socketOf } from '../../../src/cli/control/socket.ts';
import type { Given } from '../../../src/cli/options.ts';

const given = (values: Given['values'] = {}): Given => ({ values, operands: [] });
const DRY = { 'dry-run': true };
const XDG = { XDG_RUNTIME_DIR: '/run/user/1000' };

describe('the place of the control socket', () => {
  it('is the one that was named, else that of the service, of root or of the user', () => {
    expect(socketOf(given({ socket: '/a/b' }), { RUNTIME_DIRECTORY: '/run/x' }, 0)).toBe('/a/b');
    expect(socketOf(given(), { RUNTIME_DIRECTORY: '/run/x:/run/y' }, 0)).toBe('/run/x/control.sock');
    expect(socketOf(given(), XDG, 0)).toBe('/run/psstop/control.sock');
    expect(socketOf(given(), XDG, 1000)).toBe('/run/user/1000/psstop/control.sock');
    expect(socketOf(given(), {}, 1000)).toBeUndefined();
    expect(socketOf(given({ socket: 'none' }), XDG, 0)).toBeUndefined();
  });

  it('is left by a dry run to the daemon that acts, unless one was named', () => {
    expect(socketOf(given(DRY), XDG, 0)).toBeUndefined();
    expect(socketOf(given(DRY), XDG, 1000)).toBeUndefined();
    expect(socketOf(given({ ...DRY, socket: '/a/b' }), XDG, 0)).toBe('/a/b');
    expect(socketOf(given(DRY), { RUNTIME_DIRECTORY: '/run/x' }, 0)).toBe('/run/x/control.sock');
  });
});
