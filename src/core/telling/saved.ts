import type { AlertEvent, Rule } from '../types.ts';
import { emptyDesk } from './desk.ts';
import type { Case, Desk, Gathering, Member } from './nouns.ts';
import type { Silence } from './silence.ts';

/** A desk as plain data, to outlive the program. Uptimes are those of the boot in which it was saved: no alert outlives that. */
export interface SavedDesk {
  readonly cases: readonly SavedCase[];
  readonly silences: readonly Silence[];
  readonly gatherings: readonly SavedGathering[];
}

/** A case as plain data. */
export type SavedCase = Omit<Case, 'rule' | 'told'> & {
  /** Key of the rule. */
  readonly rule: string;
  readonly told: readonly (readonly [step: string, gathering: string | null])[];
};

/** A gathering as plain data. */
export type SavedGathering = Omit<Gathering, 'rule' | 'members' | 'due' | 'flushed' | 'changes'> & {
  readonly rule: string;
  readonly members: readonly (readonly [alert: string, member: SavedMember])[];
  /** Something is still to be told. */
  readonly pending: boolean;
};

/** Without an event it is the one of its case: each is written once. */
type SavedMember = Pick<Member, 'announced'> & Partial<Pick<Member, 'event'>>;

/** Writes down what is on a desk; undefined where there is nothing. */
export function saveDesk(desk: Desk): SavedDesk | undefined {
  const { cases, silences, gatherings } = desk;
  if (cases.size + silences.size + gatherings.size === 0) return undefined;
  return {
    cases: [...cases.values()].map(saveCase),
    silences: [...silences.values()],
    gatherings: [...gatherings.values()].map((one) => saveGathering(one, desk)),
  };
}

/** Writes down a case. */
export function saveCase({ rule, told, event, ...rest }: Case): SavedCase {
  return {
    ...rest,
    event: plain(event),
    rule: rule.key,
    told: [...told].map(([step, key]) => [step, key ?? null] as const),
  };
}

/** Writes down a gathering. */
export function saveGathering(gathering: Gathering, { cases }: Pick<Desk, 'cases'>): SavedGathering {
  const { rule, members, due, flushed: _flushed, changes: _changes, ...rest } = gathering;
  const saved = [...members].map(([alert, { event, announced }]) => {
    // Whoever still fires has a case, with figures that are no older.
    const known = cases.has(alert) && event.kind !== 'resolved';
    return [alert, known ? { announced } : { event: plain(event), announced }] as const;
  });
  return { ...rest, rule: rule.key, members: saved, pending: due !== undefined };
}

/** A picture of the last hours is not worth being written with every change. */
function plain({ curve: _curve, ...event }: AlertEvent): AlertEvent {
  return event;
}

/** Lays a desk out again for the rules in force now. What waited for company is told at once: it has waited long enough. */
export function loadDesk(saved: SavedDesk | undefined, rules: readonly Rule[]): Desk {
  const desk = emptyDesk();
  const byKey = new Map(rules.map((rule) => [rule.key, rule]));
  const byName = new Map(rules.map((rule) => [rule.name, rule]));
  for (const { rule: key, told, ...rest } of saved?.cases ?? []) {
    const rule = byKey.get(key);
    const steps = told.map(([step, gathering]) => [step, gathering ?? undefined] as const);
    if (rule) desk.cases.set(rest.event.alert, { ...rest, rule, told: new Map(steps) });
  }
  for (const silence of saved?.silences ?? []) desk.silences.set(silence.id, silence);
  for (const { rule: key, members, pending, ...rest } of saved?.gatherings ?? []) {
    const rule = byKey.get(key);
    if (rule === undefined) continue;
    const found = members.flatMap(([alert, { announced, event = desk.cases.get(alert)?.event }]) =>
      event === undefined ? [] : [[alert, { event, announced, rule: byName.get(event.rule) ?? rule }] as const],
    );
    desk.gatherings.set(rest.key, { ...rest, rule, members: new Map(found), changes: 0, ...(pending && { due: 0 }) });
  }
  return desk;
}
