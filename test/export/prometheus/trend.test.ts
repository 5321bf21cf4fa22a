import { describe, expect, it } from 'vitest';
import type { RuleData } from '../../../src/config/data.ts';
import { hasPrometheus } from '../../prometheus/server.ts';
import { compile, exported, judge, play } from './both.ts';
import { EVERY, MiB, storyOfOne } from './story.ts';

const HOUR = 3600 / EVERY;

/** A straight line from 200 MiB on, MiB an hour. */
function line(perHour: number, hours: number): number[] {
  return Array.from({ length: hours * HOUR + 1 }, (_, step) => (200 + (perHour * step) / HOUR) * MiB);
}

/** Plays one rule over sizes, in both. @returns at how many of the compared evaluations it fired. */
async function firings(when: RuleData['when'], sizes: readonly number[], from: number): Promise<number> {
  const written = [{ name: 'rule', select: 'web', when }];
  const rules = await compile(written);
  const file = exported(written, rules);
  expect(file.left).toEqual([]);
  expect(file.text).toContain('# rule: approximation: ');
  const played = play(rules, storyOfOne(sizes));
  const { output } = judge(played, rules, { file, from });
  expect(output.slice(0, 2000)).toContain('SUCCESS');
  return played.firing.slice(from).filter(({ length }) => length > 0).length;
}

describe.skipIf(!hasPrometheus)('what is said to be an approximation', { timeout: 60_000 }, () => {
  // Once the window is full, which psstop says to the bucket.
  const FULL = 1.1 * HOUR;

  it.each([
    ['slower', 57, 0],
    ['faster', 63, 1.4 * HOUR + 1],
  ])('growth on a straight line that is %s than the limit', async (_what, perHour, expected) => {
    const growth = { pss: '60MiB/h', over: '1h' };
    expect(await firings({ growth }, line(perHour, 2.5), FULL)).toBe(expected);
    const little = { ...growth, 'at-least': '80MiB' };
    expect(await firings({ growth: little }, line(perHour, 2.5), FULL)).toBe(0);
  });

  it('growth in percent of the middle level', async () => {
    // From 300 to 360 MiB within the last hour: 18 %/h of their middle.
    const sizes = line(60, 2.5).map((size) => size + 10 * MiB);
    expect(await firings({ growth: { memory: '15%/h', over: '1h' } }, sizes, 2.4 * HOUR)).toBeGreaterThan(0);
    expect(await firings({ growth: { memory: '22%/h', over: '1h' } }, sizes, 2.4 * HOUR)).toBe(0);
  });

  it.each([
    ['soon', 100, true],
    ['late', 25, false],
  ])('forecast on a straight line that gets there %s', async (_what, perHour, expected) => {
    // 600 MiB are 400 away: in 4 hours, or in 16.
    const count = await firings({ forecast: { pss: '600MiB', within: '6h' } }, line(perHour, 2.5), 2.4 * HOUR);
    expect(count > 0).toBe(expected);
  });

  it('times at the same interval', async () => {
    const sizes = Array.from({ length: 60 }, (_, step) => (step % 7 < 3 || step > 40 ? 600 : 400) * MiB);
    const when = { times: { when: { above: { pss: '500MiB' } }, holds: 3, of: 5 } };
    expect(await firings(when, sizes, 0)).toBeGreaterThan(20);
  });
});

describe.skipIf(!hasPrometheus)('what is said to differ', () => {
  it("differs: psstop ends an alert soon after its target's last process, Prometheus after keep_firing_for", async () => {
    const written: RuleData[] = [{ name: 'rule', select: 'web', when: { above: { pss: '500MiB' } }, keep: '1m' }];
    const rules = await compile(written);
    const file = exported(written, rules);
    const [there, gone] = [storyOfOne(Array(12).fill(600 * MiB)), 4];
    const story = there.map((snapshot, step) => (step < gone ? snapshot : { ...snapshot, processes: [] }));
    const { pages, firing } = play(rules, story);
    // It waits 10 s for a successor, and the next snapshot is later than that.
    expect(firing.map(({ length }) => length)).toEqual([1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0]);
    const later = firing.map((_names, step) => (step < gone + 60 / EVERY ? ['rule web'] : []));
    expect(judge({ pages, firing }, rules, { file }).status).toBe(1);
    expect(judge({ pages, firing: later }, rules, { file }).output).toContain('SUCCESS');
  });
});

describe.skipIf(!hasPrometheus)('an exported alert', () => {
  it('has the labels and the words of the rule', async () => {
    const written: RuleData[] = [
      {
        name: 'web-over-budget',
        select: 'web',
        when: { above: { pss: '500MiB' } },
        severity: 'critical',
        labels: { team: 'shop {{ $value }}' },
        summary: 'Small "web"',
        message: '{{target}} holds {{value}} of {{limit}}, {{labels.team}}: {{summary}} {{severity}} {{rule}}',
      },
    ];
    const rules = await compile(written);
    const file = exported(written, rules);
    const expected = {
      alertname: 'web-over-budget',
      eval_time: '15s',
      exp_alerts: [
        {
          exp_labels: { instance: 'h1', name: 'web', severity: 'critical', team: 'shop {{ $value }}' },
          exp_annotations: {
            summary: 'web holds 612MiB of 500 MiB, shop {{ $value }}: Small "web" critical web-over-budget',
            description: 'Small "web"',
          },
        },
      ],
    };
    const played = play(rules, storyOfOne([400 * MiB, 612 * MiB]));
    const { output } = judge(played, rules, { file, alerts: [expected] });
    expect(output).toContain('SUCCESS');
    const wrong = { ...expected, exp_alerts: [] };
    expect(judge(played, rules, { file, alerts: [wrong] }).status).toBe(1);
  });
});
