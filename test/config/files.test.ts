import { expect, test } from 'vitest';
import { digestOf } from '../../src/config/files.ts';

test('the digest tells 100,000 edits of one file from each other', () => {
  const text = 'rules:\n  - { name: api, select: api, when: { above: { pss: 500MiB } }, then: [log] }\n';
  const digests = new Set<string>();
  for (let edit = 0; edit < 100_000; edit += 1) digests.add(digestOf(Buffer.from(text.replace('500', String(edit)))));
  for (let at = 1; at < text.length; at += 1) {
    // The same bytes in another order.
    digests.add(digestOf(Buffer.from(text.slice(at) + text.slice(0, at))));
  }
  expect(digests.size).toBe(100_000 + text.length - 1);
  expect(digestOf(Buffer.from(text))).toBe(digestOf(Buffer.from(text)));
});
