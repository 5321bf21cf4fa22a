import fc from 'fast-check';
import { expect, test } from 'vitest';
import { containerOf, parseCgroup, unitOf } from '../../../src/sources/proc/cgroup.ts';

const ID = '0123456789abcdef'.repeat(4);

test.each([
  [
    'v2',
    '0::/system.slice/nginx.service\n',
    '/system.slice/nginx.service',
    { path: '/system.slice/nginx.service', version: 2 },
  ],
  ['v1', '9:memory:/m\n2:cpu,cpuacct:/c\n1:name=systemd:/s\n', '/s', { path: '/m', version: 1 }],
  ['hybrid', '9:memory:/m\n1:name=systemd:/s\n0::/u\n', '/u', { path: '/m', version: 1 }],
  ['hybrid with an empty v2', '9:memory:/m\n1:name=systemd:/\n0::/\n', '/m', { path: '/m', version: 1 }],
  ['a colon in the path', '0::/a:b/c\n', '/a:b/c', { path: '/a:b/c', version: 2 }],
  ['nothing', '', '/', { path: '/', version: 2 }],
])('%s lines are read', (...[, text, path, memory]) => {
  expect(parseCgroup(text)).toEqual({ path, memory });
});

test.each([
  ['/system.slice/nginx.service', 'nginx.service'],
  ['/system.slice/nginx.service/worker', 'nginx.service'],
  ['/user.slice/user-1000.slice/user@1000.service/app.slice/foo.service', 'foo.service'],
  ['/user.slice/user-1000.slice/session-3.scope', 'session-3.scope'],
  ['/system.slice/system-getty.slice/getty@tty1.service', 'getty@tty1.service'],
  ['/system.slice/dev\\x2dmapper.mount', 'dev\\x2dmapper.mount'],
  ['/system.slice/_cpu.service', 'cpu.service'],
  ['/user.slice', undefined],
  ['/', undefined],
])('the unit of %s is %s', (path, unit) => {
  expect(unitOf(path)).toBe(unit);
});

test.each([
  [`/docker/${ID}`, ID],
  [`/system.slice/docker-${ID}.scope`, ID],
  [`/system.slice/docker-${ID}.scope/init`, ID],
  [`/machine.slice/libpod-${ID}.scope/container`, ID],
  [`/machine.slice/libpod-conmon-${ID}.scope`, undefined],
  [`/kubepods.slice/kubepods-pod1.slice/cri-containerd-${ID}.scope`, ID],
  [`/kubepods/burstable/pod12-34/${ID}`, ID],
  [`/system.slice/containerd.service/kubepods-pod1.slice:cri-containerd:${ID}`, ID],
  [`/kubepods.slice/crio-${ID}.scope`, ID],
  ['/lxc/web/system.slice/x.service', 'web'],
  ['/lxc.payload.web/init.scope', 'web'],
  ['/lxc.monitor.web', undefined],
  ['/machine.slice/machine-deb\\x2d12.scope/payload', 'deb-12'],
  ['/machine.slice/systemd-nspawn@web.service/payload', 'web'],
  ['/user.slice/user-1000.slice', undefined],
])('the container of %s is %s', (path, container) => {
  expect(containerOf(path)).toBe(container);
});

test('any text gives paths that begin with a slash', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(':', '/', '0', '\n', 'memory', '..') })),
      (text) => {
        const { path, memory } = parseCgroup(text);
        expect([path[0], memory.path[0]]).toEqual(['/', '/']);
        unitOf(path);
        containerOf(path);
      },
    ),
  );
});
