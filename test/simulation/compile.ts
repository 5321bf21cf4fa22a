import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileRules } from '../../src/config/compile.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Rule } from '../../src/core/types.ts';
import { DEADLINE, LOADER } from '../rules/shipped.ts';

/** Makes rules of their text, through the real loader. @throws RulesError */
export async function compile(text: string): Promise<Rule[]> {
  const folder = mkdtempSync(join(tmpdir(), 'psstop-rules-'));
  try {
    writeFileSync(join(folder, 'rules.yaml'), text);
    const data = await loadConfig({ rules: [folder], env: {}, script: LOADER, deadline: DEADLINE });
    const actionContext = { host: 'simulated', version: '0', proc: '/proc', console: true, live: false };
    return await compileRules(data, { actionContext, env: {} });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
