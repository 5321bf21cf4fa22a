import { demand } from '../../src/core/demand.ts';
import type { Memory } from '../../src/core/memory.ts';
import type { Demand, Rule, Snapshot } from '../../src/core/types.ts';
import { calibrate } from './calibrate.ts';
import { compile } from './compile.ts';
import { diceFrom } from './dice.ts';
import { Excuses } from './excuses.ts';
import { newHost } from './host.ts';
import { live, pause } from './life.ts';
import { noOutcome, type Outcome, step, type Watcher, watcher, wrongBounds } from './lockstep.ts';
import { STIRRING, writeRules } from './rules.ts';
import { Looker } from './samples.ts';
import { newWorld } from './world.ts';

/** Whatever it costs. */
const UNLIMITED = { process: Number.POSITIVE_INFINITY, host: Number.POSITIVE_INFINITY };
const RULES = 100;
/** Bounds are looked at in one snapshot of so many: there are thousands of them. */
const BOUNDS_EVERY = 10;

/** What is simulated: the same for the same seed. */
export interface Simulation {
  readonly seed: number;
  readonly snapshots: number;
  /** Budget of the reader that is led; none by default. */
  readonly budget?: { readonly process: number; readonly host: number };
  /** Into so many parts are the rules divided, each with a reader that reads for these alone; 1 by default. */
  readonly parts?: number;
  /** A fault: all bounds are taken times this. */
  readonly spoil?: number;
}

/** Everything for real, on a folder that is rewritten for each snapshot: the reader of /proc that reads everybody, and the one that is led by the rules. */
export async function simulateFiles(simulation: Simulation): Promise<Outcome> {
  const { seed, snapshots, budget = UNLIMITED } = simulation;
  const rules = await rulesFor(seed);
  const stirred = [...rules, ...(await compile(STIRRING))];
  const world = newWorld(seed + 1);
  const outcome = noOutcome();
  try {
    const everything = world.source({ whole: true });
    const oracle = watcher(rules, () => everything.snapshot());
    const led: Watcher = watcher(stirred, () => needed.snapshot());
    const ask = asking({ oracle, outcome, rules: stirred });
    const needed = world.source({ whole: true, budget, demand: (draft) => ask(led.memory, draft) });
    const company = { oracle, others: [led], excuses: new Excuses() };
    for (let i = 0; i < snapshots; i += 1) {
      world.move();
      await step(company, outcome);
    }
    outcome.wrong.push(...world.notices);
    return outcome;
  } finally {
    await world.close();
  }
}

/** The same rules and the same way of deciding what to read, on figures that come straight from the model: quick. */
export async function simulateCore({ seed, snapshots, parts = 1, spoil = 1 }: Simulation): Promise<Outcome> {
  const rules = await rulesFor(seed);
  const dice = diceFrom(seed + 1);
  const host = newHost(dice);
  const outcome = noOutcome();
  const everything = new Looker();
  const oracle = watcher(rules, () => everything.exact(host));
  const led = (own: readonly Rule[]): Watcher => {
    const looker = new Looker(spoil);
    const ask = asking({ oracle, outcome, rules: own });
    return watcher(own, (memory) => looker.led(host, (draft) => ask(memory, draft).map(({ sample }) => sample)));
  };
  const others = Array.from({ length: parts }, (_, part) => led(rules.filter((_, index) => index % parts === part)));
  const company = { oracle, others, excuses: new Excuses() };
  for (let i = 0; i < snapshots; i += 1) {
    live(host, pause(dice));
    await step(company, outcome);
  }
  return outcome;
}

/** Asks what is to be read. In some snapshots all bounds are looked at, before anything is read and after each round. */
function asking({ oracle, outcome, rules }: { oracle: Watcher; outcome: Outcome; rules: readonly Rule[] }) {
  return (memory: Memory, draft: Snapshot): Demand[] => {
    const asked = demand(memory, rules, draft);
    if (outcome.snapshots % BOUNDS_EVERY === 0) outcome.wrong.push(...wrongBounds(oracle.memory, memory));
    return asked;
  };
}

async function rulesFor(seed: number): Promise<Rule[]> {
  return compile(writeRules(RULES, diceFrom(seed), await calibrate(seed, compile)));
}
