import { mayMatter } from '../histories.ts';
import type { Past, PastChapter } from '../history/past.ts';
import type { Memory } from '../memory.ts';
import type { RuleMemory } from '../rule-memory.ts';
import { noStanding } from '../standing.ts';
import type { Target } from '../target.ts';
import { reachOf } from '../trend/levels.ts';
import type { ProcessSample, SeriesWant, Snapshot } from '../types.ts';
import { Cast, type Casting } from './cast.ts';
import { everyOf, Reliving } from './reliving.ts';

/** A past of less, ms, is the snapshot at hand. */
const SHORTEST = 1_000;

/** What came of it, for people. */
export interface Recalled {
  readonly rule: string;
  readonly targets: number;
  /** How far back the longest of the new histories goes, ms. */
  readonly reach: number;
}

/** What wants a past: the rules whose conditions keep histories, and those of their targets that have none. */
export interface Wanting {
  readonly castings: readonly Casting[];
  /** The targets, as they are now. */
  readonly targets: ReadonlyMap<RuleMemory, ReadonlyMap<string, Target>>;
}

/** Who wants a past of all that the rules chosen look at in a snapshot; undefined where nobody does. */
export function wantingPast(memory: Memory, isChosen: (ofRule: RuleMemory) => boolean): Wanting | undefined {
  const targets = new Map<RuleMemory, Map<string, Target>>();
  const castings: Casting[] = [];
  for (const ofRule of memory.byRule.values()) {
    const { rule } = ofRule;
    if (!isChosen(ofRule) || !Number.isFinite(everyOf(rule.when))) continue;
    const bare = [...ofRule.targets].filter(([, target]) => isBare(target));
    const all = tellsBuilds(rule.when.wants) && !knowsRuns(memory, ofRule);
    if (bare.length === 0 && !all) continue;
    targets.set(ofRule, new Map(bare));
    castings.push({ ofRule, only: all ? undefined : new Set(bare.map(([key]) => key)) });
  }
  return castings.length > 0 ? { castings, targets } : undefined;
}

/**
 * Gives targets the histories that they would have, had their rule been there all along, from what is stored: through the
 * code that makes them of what is seen now, and with nothing judged. In steps of some milliseconds.
 */
export function* recall(
  memory: Memory,
  wanting: Wanting,
  { past, now }: { past: Past; now: Snapshot },
): Generator<undefined, Recalled[]> {
  const cast = new Cast(wanting.castings, now.processes.map(processOf));
  for (const life of past.lives()) {
    if (life) cast.add(life);
    else yield undefined;
  }
  const relivings = cast
    .close()
    .map((one) => new Reliving(one, knowsRuns(memory, one.ofRule) ? noStanding() : memory.standing));
  const byLife = indexed(relivings);
  if (byLife.size > 0) {
    const since = now.uptime - Math.max(...wanting.castings.map(({ ofRule }) => reachOfAll(ofRule.rule.when.wants)));
    for (const chapter of past.chapters(new Set(byLife.keys()), since)) {
      if (chapter) yield* relive(chapter, byLife);
      else yield undefined;
    }
    for (const reliving of relivings) yield* reliving.relive(undefined, []);
  }
  return handOver(relivings, wanting, now.uptime);
}

function* relive(chapter: PastChapter, byLife: ReadonlyMap<number, readonly Reliving[]>): Generator<undefined, void> {
  const hosts = chapter.hosts();
  const there = new Set(chapter.lives.flatMap((id) => byLife.get(id) ?? []));
  for (const reliving of there) yield* reliving.relive(chapter, hosts);
}

function indexed(relivings: readonly Reliving[]): Map<number, Reliving[]> {
  const byLife = new Map<number, Reliving[]>();
  for (const reliving of relivings) {
    for (const { life } of reliving.past.roles) byLife.set(life.id, [...(byLife.get(life.id) ?? []), reliving]);
  }
  return byLife;
}

function handOver(relivings: readonly Reliving[], { targets }: Wanting, now: number): Recalled[] {
  const reach = new Map<RuleMemory, number[]>();
  // Runs of builds are remembered in the order in which they ended.
  for (const { past, target } of [...relivings].sort((one, other) => one.until - other.until)) {
    const live = targets.get(past.ofRule)?.get(past.group.key);
    if (live === undefined || live.dropped) {
      target.release();
      continue;
    }
    const begun = target.histories?.oldest;
    if (target.histories === undefined || begun === undefined || now - begun < SHORTEST) continue;
    live.histories = target.histories;
    live.youngest = Math.max(live.youngest, target.youngest);
    live.histories.recalled = target.histories.newest;
    reach.set(past.ofRule, [...(reach.get(past.ofRule) ?? []), now - begun]);
  }
  return [...reach].map(([{ rule }, all]) => ({ rule: rule.name, targets: all.length, reach: Math.max(...all) }));
}

/** It is big enough for a history to be kept, and has none. */
function isBare({ histories, members, rule }: Target): boolean {
  const empty = histories === undefined || histories.newest === Number.NEGATIVE_INFINITY;
  return empty && mayMatter(members, rule.when.wants);
}

function tellsBuilds(wants: readonly SeriesWant[]): boolean {
  return wants.some(({ keep }) => keep !== undefined && 'levels' in keep && keep.build !== undefined);
}

/** Runs of builds are remembered of what the rule looks at: what is stored of them would be counted twice. */
function knowsRuns({ standing }: Memory, { rule: { name, by } }: RuleMemory): boolean {
  return [...standing.services.keys()].some((service) => service.startsWith(`${name}\n${by}\n`));
}

/** How far back all histories reach that are wanted, ms. */
function reachOfAll(wants: readonly SeriesWant[]): number {
  const reaches = wants.map(({ window, keep }) => {
    if (keep === undefined) return window;
    return 'levels' in keep ? reachOf(keep.levels) : 0;
  });
  return Math.max(...reaches);
}

function processOf({ process }: ProcessSample): ProcessSample['process'] {
  return process;
}
