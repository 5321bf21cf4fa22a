import { describe, expect, it } from 'vitest';
import type { RuleData } from '../../../src/config/data.ts';
import type { Snapshot } from '../../../src/core/types.ts';
import { readRecording } from '../../../src/sources/recording/read.ts';
import { hasPrometheus } from '../../prometheus/server.ts';
import { compile, exported, judge, play } from './both.ts';
import { EVERY, MiB } from './story.ts';

const RECORDINGS = new URL('../../fixtures/recordings/', import.meta.url).pathname;

/** A recording with its snapshots at even times, as promtool's evaluations are. */
async function recorded(program: string): Promise<Snapshot[]> {
  const story: Snapshot[] = [];
  for await (const snapshot of readRecording({ file: `${RECORDINGS}${program}.ndjson.gz`, check: () => undefined })) {
    const at = story.length * EVERY * 1000;
    story.push({ ...snapshot, time: at, uptime: (story[0]?.uptime ?? snapshot.uptime) + at });
  }
  return story;
}

/** The PSS of all processes that is exceeded in this share of the snapshots, as a rule writes it. */
function level(story: readonly Snapshot[], share: number): string {
  const sums = story.map(({ processes }) => processes.reduce((sum, { exact }) => sum + (exact?.pss ?? 0), 0));
  sums.sort((a, b) => b - a);
  return `${Math.round((sums[Math.floor(share * sums.length)] ?? 0) / MiB)}MiB`;
}

function rulesFor(story: readonly Snapshot[]): RuleData[] {
  const [high, middle, low] = [level(story, 0.2), level(story, 0.5), level(story, 0.7)];
  return [
    { name: 'at-once', when: { above: { pss: middle } } },
    { name: 'patient', when: { above: { pss: middle, clear: low } }, for: '1m', keep: '2m' },
    { name: 'small', when: { below: { memory: low, clear: high } }, keep: '40s' },
    { name: 'between', when: { all: [{ above: { pss: low } }, { not: { above: { uss: high } } }] } },
    { name: 'crowd', select: '*', when: { count: { above: 4 } }, for: '30s' },
    { name: 'of-host', by: 'host', when: { any: [{ above: { anon: middle } }, { above: { pss: '2% of ram' } }] } },
  ];
}

describe.skipIf(!hasPrometheus)('a recording of a real program', { timeout: 60_000 }, () => {
  it.each(['prefork', 'java', 'redis-leak', 'node', 'postgres'])(
    '%s: the same alerts at the same evaluations',
    async (program) => {
      const story = await recorded(program);
      const written = rulesFor(story);
      const rules = await compile(written);
      const file = exported(written, rules);
      const played = play(rules, story);
      const changes = played.firing.filter(
        (names, step) => step > 0 && names.join() !== played.firing[step - 1]?.join(),
      );
      expect(changes.length).toBeGreaterThan(1);
      expect(judge(played, rules, { file }).output.slice(0, 2000)).toContain('SUCCESS');
    },
  );
});
