import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeName, decodeText, processName } from '../../../src/sources/proc/names.ts';

const binary = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('latin1');

test('two names never become one', () => {
  const piece = fc.oneof(
    fc.constantFrom('\\x', '\\xff', '\\', '\\x5c', 'ÿ').map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes)),
  );
  const name = fc.array(piece, { maxLength: 4 }).map((pieces) => Buffer.concat(pieces));
  fc.assert(
    fc.property(name, name, (a, b) => {
      expect(decodeName(binary(a)) === decodeName(binary(b))).toBe(a.equals(b));
    }),
    { numRuns: 5000 },
  );
});

test('valid UTF-8 stays as it is, other bytes are shown as they are', () => {
  expect(decodeName(binary('naïve 漢字 \u{1f600}'))).toBe('naïve 漢字 \u{1f600}');
  expect(decodeName(binary(Buffer.from([0x61, 0xff, 0xc3, 0x62])))).toBe('a\\xff\\xc3b');
  expect(decodeName(binary('a\\xff'))).toBe('a\\x5cxff');
  expect(decodeText(binary('a\\x2d'))).toBe('a\\x2d');
});

test('no bytes are slow to decode', () => {
  const begin = process.cpuUsage();
  decodeText('\xff'.repeat(4096));
  expect(process.cpuUsage(begin).user / 1000).toBeLessThan(200);
});

test("a thread's name gives way to the program's", () => {
  expect(processName('MainThread', 'node\0server.js\0')).toBe('node');
  expect(processName('node-MainThread', '/usr/bin/node\0server.js\0')).toBe('node');
  expect(processName('MainThread', undefined)).toBe('MainThread');
  expect(processName('MainThread', '\0')).toBe('MainThread');
});

test('no name is longer than that of a file can be', () => {
  const longest = 'x'.repeat(255);
  expect(processName('x'.repeat(15), `/bin/${longest}\0`)).toBe(longest);
  expect(processName('x'.repeat(15), `${longest}x\0`)).toBe('x'.repeat(15));
  expect(processName('MainThread', `${longest}x\0node\0`)).toBe('MainThread');
});

test.each([
  [
    'a cut name is completed from the program',
    'very-long-progr',
    '/usr/bin/very-long-program\0-x\0',
    'very-long-program',
  ],
  [
    'a cut name is completed from the script',
    'collect-every-m',
    '/usr/bin/python3\0/opt/collect-every-metric\0',
    'collect-every-metric',
  ],
  ['a name of its own choice stays', 'very-long-other', '/usr/bin/very-long-program\0', 'very-long-other'],
  ['a short name is never replaced', 'nginx', '/usr/sbin/nginx-extended\0', 'nginx'],
  ['without a command line the cut name is all there is', 'very-long-progr', undefined, 'very-long-progr'],
])('%s', (...[, comm, cmdline, name]) => {
  expect(processName(comm, cmdline)).toBe(name);
});
