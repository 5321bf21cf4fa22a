import type { Rule } from '../types.ts';
import type { Case, Desk, Now, Telling } from './nouns.ts';

/** More targets of one rule than this at once are a storm, where the rule does not say. */
export const STORM = 20;
/** Whoever joins within this time, ms, is part of it. */
const GOES_ON = 60_000;

/**
 * Marks alerts that are some of very many: a rule that is wrong, or a host in distress. They are told as one, and nothing
 * acts on them: restarting everything helps nobody.
 * @param fresh what nobody has been told of yet, and may be.
 */
export function raiseStorms(
  desk: Desk,
  now: Now,
  { fresh, telling }: { fresh: readonly Case[]; telling: Telling },
): void {
  for (const [rule, cases] of byRule(fresh)) {
    const begun = desk.storms.get(rule.name);
    const goesOn = begun !== undefined && now.uptime - begun <= GOES_ON;
    if (!goesOn && cases.length + justTold(desk, rule, now.uptime) <= (rule.storm ?? STORM)) continue;
    desk.storms.set(rule.name, now.uptime);
    for (const one of cases) one.storm = true;
    note(rule, cases, telling);
  }
}

/** What would have acted, and does not: on record once for the storm, with its first target. */
function note(rule: Rule, cases: readonly Case[], telling: Telling): void {
  const [first] = cases;
  if (first === undefined) return;
  const why = `a storm: ${rule.name} fires for ${cases.length} targets at once, and acts on none of them`;
  const acts = rule.steps.filter(({ action }) => action.exclusive);
  telling.held.push(...acts.map((step) => ({ event: first.event, step, kind: 'storm' as const, why })));
}

/** How many fired within the time for which a group waits for company, and have been dealt with. */
function justTold({ cases }: Desk, rule: Rule, uptime: number): number {
  const wait = rule.group?.wait ?? 0;
  if (wait === 0) return 0;
  const all = [...cases.values()].filter((one) => one.rule === rule && one.openedAt !== undefined);
  return all.filter(({ openedAt = 0 }) => uptime - openedAt <= wait).length;
}

function byRule(cases: readonly Case[]): Map<Rule, Case[]> {
  const found = new Map<Rule, Case[]>();
  for (const one of cases) {
    const known = found.get(one.rule);
    if (known) known.push(one);
    else found.set(one.rule, [one]);
  }
  return found;
}
