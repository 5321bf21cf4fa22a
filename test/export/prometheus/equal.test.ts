import { describe, expect, it } from 'vitest';
import { hasPrometheus } from '../../prometheus/server.ts';
import { compile, exported, judge, play } from './both.ts';
import { randomRules } from './random-rules.ts';
import { storyOf } from './story.ts';

const STORIES = Number(process.env.PSSTOP_STORIES ?? 8);
const STEPS = 40;
const RULES = 10;

/** Plays many stories through psstop and through Prometheus. @returns how many firing alerts were compared. */
async function compare(kind: { readable: number; timed: boolean }): Promise<number> {
  let compared = 0;
  for (let seed = 1; seed <= STORIES; seed += 1) {
    const written = randomRules(seed, { count: RULES, timed: kind.timed });
    const rules = await compile(written);
    const file = exported(written, rules);
    expect(file.left).toEqual([]);
    const played = play(rules, storyOf(seed + 1000, { steps: STEPS, readable: kind.readable }));
    compared += played.firing.reduce((sum, alerts) => sum + alerts.length, 0);
    const { status, output } = judge(played, rules, { file });
    expect(output.slice(0, 2000), `seed ${seed}`).toContain('SUCCESS');
    expect(status).toBe(0);
  }
  return compared;
}

describe.skipIf(!hasPrometheus)('the same rules in psstop and in Prometheus', { timeout: 120_000 }, () => {
  it('have the same alerts firing at each of the same evaluations, with clear, for and keep', async () => {
    expect(await compare({ readable: 1, timed: true })).toBeGreaterThan(STORIES * 100);
  });

  it('do so too where figures are known by their bounds alone, as no-data says', async () => {
    expect(await compare({ readable: 0.7, timed: false })).toBeGreaterThan(STORIES * 100);
  });

  it('are told apart when they differ', async () => {
    const written = [{ name: 'big', select: 'db', when: { above: { pss: '100MiB' } }, for: '30s' }];
    const rules = await compile(written);
    const played = play(rules, storyOf(7, { steps: STEPS, readable: 1 }));
    const right = exported(written, rules);
    expect(judge(played, rules, { file: right }).status).toBe(0);
    for (const [from, to] of [
      ['for: 30s', 'for: 45s'],
      ['> 104857600', '> 209715200'],
      ['db', 'web'],
    ] as const) {
      const wrong = { ...right, text: right.text.replaceAll(from, to) };
      expect(wrong.text).not.toBe(right.text);
      expect(judge(played, rules, { file: wrong }).status, to).toBe(1);
    }
  });
});
