import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { psstop } from '../cli/psstop.ts';
import { folder } from '../cli/rules.ts';
import { hasPrometheus, promtool } from '../prometheus/server.ts';

const TEXT = readFileSync(new URL('../../examples/metrics.md', import.meta.url), 'utf8');
const place = folder();
afterAll(() => place.dispose());

/** The block that begins with the name of its file, as that file. */
function written(name: string): string {
  const [, text = ''] = new RegExp(`\`\`\`yaml\\n(# ${name}\\n.*?)\`\`\``, 's').exec(TEXT) ?? [];
  expect(text).not.toBe('');
  return place.write(name, text);
}

describe('examples/metrics.md', () => {
  it('has a configuration that psstop takes', async () => {
    const rules = place.write('rules.yaml', 'rules: [{ name: a, select: b, when: { above: { pss: 1GiB } } }]\n');
    const { stderr, code } = await psstop('check', '-c', written('psstop.yaml'), '-r', rules);
    expect({ stderr, code }).toMatchObject({ code: 0 });
  });

  it.skipIf(!hasPrometheus)('has one that Prometheus takes', () => {
    const { status, output } = promtool(['check', 'config', written('prometheus.yml')]);
    expect({ status, output }).toMatchObject({ status: 0, output: expect.stringContaining('SUCCESS') });
  });
});
