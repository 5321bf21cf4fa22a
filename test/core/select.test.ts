import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGlob } from '../../src/core/glob.ts';
import { compileSelector, type SelectSpec } from '../../src/core/select.ts';
import type { ProcessInfo } from '../../src/core/types.ts';
import { sample } from './world.ts';

function matches(spec: SelectSpec, process: Partial<ProcessInfo>, others: ProcessInfo[] = []): boolean {
  const selector = compileSelector(spec, '', (pattern) => (text) => text.includes(pattern));
  const parents = (pid: number): ProcessInfo | undefined => others.find((other) => other.pid === pid);
  return selector.matches(sample({ pid: 10, ...process }).process, parents);
}

describe('a glob', () => {
  it.each([
    ['nginx', 'nginx', true],
    ['nginx', 'nginx2', false],
    ['worker-*', 'worker-', true],
    ['*part*', 'apartment', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['ab*ba', 'aba', false],
    ['w?rker', 'worker', true],
    ['\\*', '*', true],
    ['\\*', 'x', false],
    ['*', '', true],
    ['', '', true],
    ['', 'x', false],
  ])('%j against %j is %s', (glob, text, expected) => {
    expect(compileGlob(glob)(text)).toBe(expected);
  });

  it('agrees with a regular expression', () => {
    const character = fc.constantFrom('a', 'b', '*', '?');
    fc.assert(
      fc.property(fc.array(character), fc.array(fc.constantFrom('a', 'b')), (glob, text) => {
        const pattern = new RegExp(`^${glob.join('').replaceAll('?', '.').replaceAll('*', '.*')}$`, 's');
        expect(compileGlob(glob.join(''))(text.join(''))).toBe(pattern.test(text.join('')));
      }),
    );
  });

  it('takes no longer than the text is long, whatever a stranger wrote', () => {
    const hostile = compileGlob(`${'*a'.repeat(50)}*b`);
    const begin = process.cpuUsage();
    expect(hostile('a'.repeat(4096))).toBe(false);
    expect(process.cpuUsage(begin).user / 1000).toBeLessThan(50);
  });
});

describe('a selection', () => {
  it('wants all keys, and of each list one value', () => {
    const spec = { name: ['web', 'api'], user: ['app'] };
    expect(matches(spec, { name: 'api', user: 'app' })).toBe(true);
    expect(matches(spec, { name: 'api', user: 'root' })).toBe(false);
    expect(matches(spec, { name: 'db', user: 'app' })).toBe(false);
  });

  it('does not match a figure that could not be read', () => {
    expect(matches({ exe: ['*'] }, {})).toBe(false);
    expect(matches({ cmdline: [''] }, {})).toBe(false);
    expect(matches({ not: { unit: ['*'] } }, {})).toBe(true);
  });

  it('excludes what all keys of not: say', () => {
    const spec = { not: { name: ['web'], user: ['root'] } };
    expect(matches(spec, { name: 'web', user: 'root' })).toBe(false);
    expect(matches(spec, { name: 'web', user: 'app' })).toBe(true);
  });

  it('follows a tree upwards and survives a ring of parents', () => {
    const top = sample({ pid: 2, name: 'postgres', ppid: 1 }).process;
    const middle = sample({ pid: 3, name: 'sh', ppid: 2 }).process;
    expect(matches({ parent: ['postgres'] }, { ppid: 3 }, [top, middle])).toBe(true);
    expect(matches({ parent: ['redis'] }, { ppid: 3 }, [top, middle])).toBe(false);
    const ring = [sample({ pid: 4, ppid: 5 }).process, sample({ pid: 5, ppid: 4 }).process];
    expect(matches({ parent: ['redis'] }, { ppid: 4 }, ring)).toBe(false);
  });
});
