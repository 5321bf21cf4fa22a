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

type SavedCase = Omit<Case, 'rule' | 'told'> & {
  /** Key of the rule. */
  readonly rule: string;
  readonly told: readonly (readonly [step: string, gathering: string | null])[];
};

type SavedGathering = Omit<Gathering, 'rule' | 'members' | 'due' | 'flushed'> & {
  readonly rule: string;
  readonly members: readonly (readonly [alert: string, member: Member])[];
  /** Something is still to be told. */
  readonly pending: boolean;
};

/** Writes down what is on a desk; undefined where there is nothing. */
export function saveDesk({ cases, silences, gatherings }: Desk): SavedDesk | undefined {
  if (cases.size + silences.size + gatherings.size === 0) return undefined;
  return {
    cases: [...cases.values()].map(({ rule, told, event, ...rest }) => ({
      ...rest,
      event: plain(event),
      rule: rule.key,
      told: [...told].map(([step, key]) => [step, key ?? null] as const),
    })),
    silences: [...silences.values()],
    gatherings: [...gatherings.values()].map(({ rule, members, due, flushed: _flushed, ...rest }) => ({
      ...rest,
      rule: rule.key,
      members: [...members].map(([alert, member]) => [alert, { ...member, event: plain(member.event) }] as const),
      pending: due !== undefined,
    })),
  };
}

/** A picture of the last hours is not worth to be written with every change. */
function plain({ curve: _curve, ...event }: AlertEvent): AlertEvent {
  return event;
}

/** Lays a desk out again for the rules in force now. What waited for company is told at once: it has waited long enough. */
export function loadDesk(saved: SavedDesk | undefined, rules: readonly Rule[]): Desk {
  const desk = emptyDesk();
  const byKey = new Map(rules.map((rule) => [rule.key, rule]));
  for (const { rule: key, told, ...rest } of saved?.cases ?? []) {
    const rule = byKey.get(key);
    const steps = told.map(([step, gathering]) => [step, gathering ?? undefined] as const);
    if (rule) desk.cases.set(rest.event.alert, { ...rest, rule, told: new Map(steps) });
  }
  for (const silence of saved?.silences ?? []) desk.silences.set(silence.id, silence);
  for (const { rule: key, members, pending, ...rest } of saved?.gatherings ?? []) {
    const rule = byKey.get(key);
    if (rule) desk.gatherings.set(rest.key, { ...rest, rule, members: new Map(members), ...(pending && { due: 0 }) });
  }
  return desk;
}
