import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Actor, DAY, GiB, HOUR, MiB, play, told } from './play.ts';
import { RULES, shippedRules } from './shipped.ts';

/** A database whose shared buffers fill over two hours: its workers share them. */
function database(): Actor[] {
  return Array.from({ length: 12 }, (_, index) => ({
    name: 'postgres',
    unit: 'postgresql.service',
    ceiling: 8 * GiB,
    size: (second: number) => {
      const shared = 4 * GiB * (1 - Math.exp(-second / HOUR));
      const own = 15 * MiB + 10 * MiB * Math.abs(Math.sin(second / (200 + 17 * index)));
      return { pss: shared / 12 + own, uss: own };
    },
  }));
}

/** A browser: tabs come and go, some grow while they are looked at. */
function browser(): Actor[] {
  return Array.from({ length: 24 }, (_, index) => ({
    name: 'chromium',
    unit: 'app-chromium.scope',
    size: (second: number) => {
      const life = 900 + 301 * index;
      const age = (second + 97 * index) % life;
      if (index > 3 && age > 0.8 * life) return undefined;
      return {
        pss: 60 * MiB + Math.min(200 * MiB, age * 0.1 * MiB),
        uss: 50 * MiB + Math.min(200 * MiB, age * 0.1 * MiB),
      };
    },
  }));
}

/** A Node server: a collector's sawtooth on a base that warms up. */
const server: Actor = {
  name: 'node',
  unit: 'api.service',
  ceiling: GiB,
  size: (second) => ({
    pss: 120 * MiB + 150 * MiB * (1 - Math.exp(-second / 600)) + 200 * MiB * ((second % 240) / 240),
  }),
};

const watchdog: Actor = { name: 'psstop', unit: 'psstop.service', ceiling: 256 * MiB, size: () => ({ pss: 17 * MiB }) };

const actors = [...database(), ...browser(), server, watchdog];

describe('the shipped rules', () => {
  it('say nothing in an hour of a host with a database, a browser and a Node server', async () => {
    expect(told(play(await shippedRules(), { actors, every: 5, seconds: HOUR }))).toEqual([]);
  });

  it('say nothing in two days of it', async () => {
    expect(told(play(await shippedRules(), { actors, every: 60, seconds: 2 * DAY }))).toEqual([]);
  });

  it('all have a summary, an action, and a schema for the editor', async () => {
    const rules = await shippedRules();
    expect(rules.length).toBeGreaterThanOrEqual(9);
    for (const { name, summary, steps } of rules) {
      expect(summary, name).toMatch(/^[A-Z].{20,}/);
      expect(
        steps.map((step) => step.name),
        name,
      ).toEqual(['log']);
    }
    for (const file of readdirSync(RULES)) {
      expect(readFileSync(join(RULES, file), 'utf8'), file).toMatch(
        /^# yaml-language-server: \$schema=\.\.\/schemas\/rules\.schema\.json\n/,
      );
    }
  });
});
