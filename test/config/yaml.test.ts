import { describe, expect, test } from 'vitest';
import { readYaml } from '../../src/config/yaml.ts';

/** The first thing that is wrong: line, column and message. */
function firstSlip(text: string): string | undefined {
  const { slips, place } = readYaml(text);
  const [slip] = slips;
  if (slip === undefined) return undefined;
  const { line, column } = place(slip.offset);
  return `${line}:${column} ${slip.message}`;
}

const laughs = [...'bcdefghi'].reduce(
  (text, name) => `${text}${name}: &${name} [${Array(9).fill(`*${String.fromCharCode(name.charCodeAt(0) - 1)}`)}]\n`,
  'a: &a [x, x, x, x, x, x, x, x, x]\n',
);

describe('reading YAML', () => {
  test('gives plain data and finds the place of every value and key in it', () => {
    const text = 'rules:\n  - name: a\n    when: { above: { pss: 1MiB } }\n  - name: b\n';
    const { data, slips, offset, place } = readYaml(text);
    expect(slips).toEqual([]);
    expect(data).toEqual({ rules: [{ name: 'a', when: { above: { pss: '1MiB' } } }, { name: 'b' }] });
    expect(place(offset(['rules', 0, 'when', 'above', 'pss']))).toEqual({ line: 3, column: 27 });
    expect(place(offset(['rules', 0, 'when', 'above', 'pss'], true))).toEqual({ line: 3, column: 22 });
    expect(place(offset(['rules', 1]))).toEqual({ line: 4, column: 5 });
    expect(place(offset(['rules', 1], true))).toEqual({ line: 4, column: 5 });
  });

  test('finds the place of what stands behind an alias, and the nearest place of what is not there', () => {
    const { offset, place } = readYaml('a: &x { b: 1 }\nc: *x\n');
    expect(place(offset(['c', 'b']))).toEqual({ line: 1, column: 12 });
    expect(place(offset(['c', 'missing']))).toEqual({ line: 2, column: 4 });
    expect(place(offset(['missing', 'deep']))).toEqual({ line: 1, column: 1 });
  });

  test('counts columns after a byte order mark and lines after CRLF', () => {
    expect(firstSlip('a: 1\r\nb: 2\r\na: 3\r\n')).toBe('3:1 the key "a" is here twice');
    expect(readYaml('\ufeffa: 1\n').data).toEqual({ a: 1 });
  });

  test('is YAML 1.2: no, on and off are texts', () => {
    expect(readYaml('a: no\nb: on\nc: 0o17\n').data).toEqual({ a: 'no', b: 'on', c: 15 });
  });

  test('makes a key named __proto__ an ordinary one', () => {
    const { data } = readYaml('__proto__: { polluted: 1 }\n');
    expect(Object.keys(data as object)).toEqual(['__proto__']);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test.each([
    ['nothing', '', '1:1 the file is empty'],
    ['only a comment', '# soon\n', '1:1 the file is empty'],
    ['a NUL byte', 'rules: []\n\0', '2:1 this is not YAML: it holds the control character 0x00'],
    ['an escape', 'rules: "\x1b[2J"', '1:9 this is not YAML: it holds the control character 0x1b'],
    ['a tab as indentation', 'rules:\n\t- a\n', '2:1 tabs are not allowed as indentation: write spaces'],
    ['a second document', 'rules: []\n---\nrules: []\n', '2:1 a second document begins here'],
    ['a key given twice', 'rules: []\nactions: {}\nrules: []\n', '3:1 the key "rules" is here twice'],
    ['a key given twice, deep inside', 'rules: [{ when: { a: 1, a: 2 } }]\n', '1:25 the key "a" is here twice'],
    ['a list as key', '[a]: 1\n', '1:1 a text that begins with [ must stand in quotes'],
    ['an alias without anchor', 'rules: *base\n', '1:8 there is no anchor of this name'],
    ['an unknown tag', 'rules: !!js/function x\n', '1:8 Unresolved tag'],
    ['an unclosed bracket', 'rules: [a\n', '2:1 a ] is missing before this line'],
    ['aliases that multiply', laughs, '2:8 aliases repeat too much'],
    [
      'an anchor used thousands of times',
      `a: &a { x: 1 }\nb:\n${'- *a\n'.repeat(3000)}`,
      '3:3 aliases repeat too much',
    ],
    ['20,000 open brackets', `a: ${'['.repeat(20_000)}`, '1:67 nested deeper than 64 levels'],
    ['20,000 closed brackets', `${'['.repeat(20_000)}${']'.repeat(20_000)}`, '1:65 nested deeper than 64 levels'],
    ['20,000 braces', '{a: '.repeat(20_000), '1:257 nested deeper than 64 levels'],
    ['20,000 dashes on a line', '- '.repeat(20_000), '1:129 nested deeper than 64 levels'],
    ['20,000 question marks', '? '.repeat(20_000), '1:129 nested deeper than 64 levels'],
    [
      '600 levels of indentation',
      Array.from({ length: 600 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
      '65:65 nested',
    ],
  ])('refuses %s', (_, text, expected) => {
    expect(firstSlip(text)?.slice(0, expected.length)).toBe(expected);
  });

  test.each([
    [
      'a key too far to the right',
      '- name: a\n   select: b\n',
      '1:9 the next line is indented as if it belonged to this text',
    ],
    [
      'a key too far to the left',
      'a:\n    b: 1\n  c: 2\n',
      '3:1 this line is indented otherwise than those before it: all keys',
    ],
    [
      'a key in the column of a dash',
      'a:\n  - b: 1\n   c: 2\n    d: 3\n',
      '3:1 this line is indented otherwise than the keys before it',
    ],
    [
      'a key between list and dash',
      'a:\n  - b: 1\n c: 2\n',
      '3:1 this line is indented otherwise than those before it: all keys',
    ],
    ['no space after a dash', 'a:\n  -b: 1\n   c: 2\n', '2:7 a space is missing after the dash: write - b: 1'],
    ['no space after a colon', 'a: 1\nb:2\nc: 3\n', '2:1 a space is missing after the colon: write b: 2'],
    ['no colon', 'a: 1\nthen [log]\nc: 3\n', '2:1 a colon is missing after the key: write then: [log]'],
    ['a text below its key', 'a: |\nhello\n', '2:1 a colon is missing after the key; a line that continues a text is'],
    ['a colon within a text', 'a: web: over budget\n', '1:4 a text that holds ": " must stand in quotes'],
    ['a template without quotes', 'a: {{target}} is big\n', '1:5 a text that begins with {{ must stand in quotes'],
    [
      'a glob without quotes',
      'a: *.service\n',
      '1:4 there is no anchor of this name: a text that begins with * must stand',
    ],
    ['an address without quotes', 'a: @ops\n', '1:4 a text that begins with @ must stand in quotes'],
    ['a quote within quotes', "a: 'it's'\n", '1:8 nothing may follow the end of this text: put all of it in quotes'],
    [
      'a quote that stays open',
      'a: "oops\nb: 1\n\nc: 2\n',
      '1:4 the text that begins here is never closed: a " is missing',
    ],
    [
      'a backslash between double quotes',
      'a: "\\d+"\n',
      "1:5 \\d means nothing between double quotes: write '…' around the text, or \\\\d",
    ],
    ['a brace that stays open', 'a: { b: 1\nc: 2\n', '2:1 a } is missing before this line'],
  ])('says in plain words what is wrong with %s, once', (_, text, expected) => {
    expect(firstSlip(text)?.slice(0, expected.length)).toBe(expected);
    expect(readYaml(text).slips).toHaveLength(1);
  });

  test('takes a text that begins with a quote where it needs none', () => {
    const text = `a: |\n  "so it begins\nb: x "y\nc: "it is closed" # "not\nd: 'it''s'\ne: "\\""\n`;
    expect(readYaml(text)).toMatchObject({ slips: [], data: { b: 'x "y', d: "it's", e: '"' } });
  });

  test('takes 60 levels, which no rule needs', () => {
    expect(readYaml(`${'['.repeat(60)}${']'.repeat(60)}`).slips).toEqual([]);
  });

  test('reads 25,000 distinct keys in a moment', () => {
    const text = Array.from({ length: 25_000 }, (_, index) => `k${index}: 1\n`).join('');
    const start = process.cpuUsage();
    const { data } = readYaml(text);
    expect(Object.keys(data as object)).toHaveLength(25_000);
    // Comparing every key with all before it takes 20 s.
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(6000);
  });
});
