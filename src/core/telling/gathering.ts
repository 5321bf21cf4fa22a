import { endsWithRule } from '../event.ts';
import type { AlertEvent, AlertKind, Step } from '../types.ts';
import type { Mute } from './mute.ts';
import type { Case, Desk, Gathering, Member, Now, Telling } from './nouns.ts';
import { bundleId, together } from './together.ts';

/** Why an alert may not be told now; undefined: it may. */
type MuteOf = (of: Pick<Member, 'event' | 'rule'>) => Mute | undefined;

/** From one message about a storm to the next, ms, where the rule has no `group`. */
const STORM_INTERVAL = 300_000;

/** Under which an alert is told together with others by one step; undefined: it is told on its own. */
export function gatheringKey({ rule, event, storm }: Case, step: Step): string | undefined {
  if (storm) return `storm ${rule.key} ${step.name}`;
  if (rule.group === undefined || step.action.gathers !== true) return undefined;
  return JSON.stringify([step.countedAs, ...rule.group.by.map((name) => [name, commonOf(event, name)])]);
}

/** Puts an alert into a gathering; the first one has to wait for company. */
export function join(desk: Desk, ofAlert: Case, { key, step, now }: { key: string; step: Step; now: Now }): void {
  const { rule, event } = ofAlert;
  const storm = ofAlert.storm === true;
  const known = desk.gatherings.get(key);
  const { time, uptime } = now;
  const gathering = known ?? {
    ...{ rule, key, step: step.name, storm, members: new Map<string, Member>() },
    id: bundleId(key, { host: event.host, time }),
    due: uptime + (storm ? 0 : (rule.group?.wait ?? 0)),
    changes: 0,
  };
  desk.gatherings.set(key, gathering);
  gathering.members.set(event.alert, { event, rule, announced: false });
  gathering.changes += 1;
  if (known !== undefined) plan(known, uptime);
}

/** Tells a gathering that something has changed for one of its alerts. */
export function update(desk: Desk, key: string, { event, now }: { event: AlertEvent; now: Now }): void {
  const gathering = desk.gatherings.get(key);
  const member = gathering?.members.get(event.alert);
  if (gathering === undefined || member === undefined) return;
  gathering.members.set(event.alert, { ...member, event });
  gathering.changes += 1;
  // What no rule wants any more ends now: its actions are about to be closed. A reminder comes when it is due.
  const atOnce = endsWithRule(event) || (event.kind === 'reminded' && gathering.flushed !== undefined);
  if (atOnce) gathering.due = now.uptime;
  else plan(gathering, now.uptime);
}

/** Sends off the messages that are due. */
export function flush(desk: Desk, now: Now, { telling, muteOf }: { telling: Telling; muteOf: MuteOf }): void {
  for (const [key, gathering] of desk.gatherings) {
    if (gathering.due === undefined || gathering.due > now.uptime) continue;
    gathering.changes += 1;
    sendBackMuted(desk, gathering, muteOf);
    send(gathering, now, telling);
    if (gathering.members.size === 0) desk.gatherings.delete(key);
  }
}

/** One that is not announced yet goes back to wait while it is muted; one that is over by now need not be told at all. */
function sendBackMuted(desk: Desk, gathering: Gathering, muteOf: MuteOf): void {
  for (const [alert, member] of gathering.members) {
    // A case knows the rule as it is since a reload; who is over has none any more.
    if (member.announced || muteOf(desk.cases.get(alert) ?? member) === undefined) continue;
    gathering.members.delete(alert);
    desk.cases.get(alert)?.told.delete(gathering.step);
  }
}

function send(gathering: Gathering, { uptime }: Now, telling: Telling): void {
  const { members, rule, id, storm } = gathering;
  const step = rule.steps.find(({ name }) => name === gathering.step);
  delete gathering.due;
  // A rule that was changed may have lost the step.
  if (step === undefined) members.clear();
  if (step === undefined || members.size === 0) return;
  const kind = kindOf(members);
  // A part has ended, and that is not what this receiver wants to hear of.
  if (kind === 'reminded' && !step.on.includes(kind)) return;
  const events = [...members.values()].map(({ event }) => event);
  settleMembers(members);
  gathering.flushed = uptime;
  const kinds: AlertKind[] = kind === 'fired' && members.size === 0 ? ['fired', 'resolved'] : [kind];
  for (const as of kinds) {
    const event = together({ id, kind: as, events, storm, uptime });
    telling.hand.push({ event, rule, steps: [step] });
  }
}

/** What is new decides what the message is: somebody fires, everybody has ended, or something in between. */
function kindOf(members: Gathering['members']): AlertKind {
  const all = [...members.values()];
  if (all.some(({ announced }) => !announced)) return 'fired';
  return all.some(({ event }) => event.kind !== 'resolved') ? 'reminded' : 'resolved';
}

/** They have been told: whoever has ended leaves. */
function settleMembers(members: Gathering['members']): void {
  for (const [alert, { event, rule }] of members) {
    if (event.kind === 'resolved') members.delete(alert);
    else members.set(alert, { event, rule, announced: true });
  }
}

/** There is something new: the next message is due, but not sooner after the last than the interval. */
function plan(gathering: Gathering, uptime: number): void {
  const interval = gathering.rule.group?.interval ?? STORM_INTERVAL;
  const { due, flushed } = gathering;
  if (due === undefined) gathering.due = flushed === undefined ? uptime : Math.max(uptime, flushed + interval);
}

function commonOf(event: AlertEvent, name: string): string {
  if (name === 'rule') return event.rule;
  if (name === 'unit') return event.target.unit ?? '';
  if (name === 'host') return event.host;
  return event.labels[name] ?? '';
}
