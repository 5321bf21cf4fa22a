import { isOfAge } from '../assign.ts';
import type { PastChapter, PastHost, PastReading } from '../history/past.ts';
import { Members } from '../members.ts';
import { NO_SNAPSHOT, type Standing } from '../standing.ts';
import { Target } from '../target.ts';
import type { Condition, ProcessSample, Rule, SeriesWant, Snapshot } from '../types.ts';
import type { PastTarget, Role } from './cast.ts';
import { type Sighting, sightingsOf } from './sightings.ts';

/** Moments that are gone through in one step. */
const AT_ONCE = 250;
/** Members of a group that are read within this share of the time between two points count as read together. */
const TOGETHER = 0.25;

/** A process that stands still is read again after so many times the time between two points. */
const WAIT = 5;
/** An end is noted so much later at the most, ms. */
const LATE = 75_000;

/** One process on its way through the past. */
interface Member {
  readonly role: Role;
  before: PastReading | undefined;
  last: Sighting | undefined;
  /** The moment in which it was seen last, uptime in ms. */
  seen: number;
}

/** Whom a sighting is of. */
interface Seen {
  readonly member: Member;
  readonly sighting: Sighting;
}

/**
 * A target that goes through its past once more: with the code of the one that lives now, but nobody is told anything. A
 * class, as it holds the histories that come of it.
 */
export class Reliving {
  readonly past: PastTarget;
  readonly target: Target;
  readonly #every: number;
  readonly #group: Members;
  readonly #alone: boolean;
  readonly #members: Map<number, Member>;
  readonly #present = new Set<Member>();
  #waiting: readonly Seen[] = [];

  constructor(past: PastTarget, standing: Standing) {
    const { rule } = past.ofRule;
    this.past = past;
    this.#every = everyOf(rule.when);
    this.#group = new Members(past.group, NO_SNAPSHOT);
    this.target = new Target(onlyLasting(rule), this.#group, standing);
    this.#alone = past.roles.length === 1;
    this.#members = new Map(
      past.roles.map((role) => [role.life.id, { role, before: undefined, last: undefined, seen: 0 }]),
    );
  }

  /** When it was seen last, uptime in ms; infinite while it goes on. */
  get until(): number {
    return Math.max(...this.past.roles.map(({ life }) => life.until));
  }

  /** Goes through what a chapter has of its members, some moments at a time. Undefined: there are no more chapters. */
  *relive(chapter: PastChapter | undefined, hosts: readonly PastHost[]): Generator<undefined, void> {
    let count = 0;
    let host = 0;
    for (const seen of this.#together(this.#ready(chapter))) {
      const uptime = seen.at(-1)?.sighting.at ?? 0;
      while ((hosts[host + 1]?.at ?? Number.POSITIVE_INFINITY) <= uptime) host += 1;
      this.#observe(seen, { ...NO_SNAPSHOT, uptime, memory: hosts[host]?.memory ?? NO_SNAPSHOT.memory });
      count += 1;
      if (count % AT_ONCE === 0) yield undefined;
    }
    yield undefined;
  }

  /** What is said of its members, oldest first: that one of them stood still is only known once it is read again. */
  #ready(chapter: PastChapter | undefined): readonly Seen[] {
    const news = chapter === undefined ? [] : this.#seenIn(chapter);
    if (this.#alone) return news;
    const all = [...this.#waiting, ...news].sort((one, other) => one.sighting.at - other.sighting.at);
    const last = all.at(-1)?.sighting.at ?? 0;
    const wait = chapter === undefined ? 0 : WAIT * this.#every;
    const cut = all.findIndex(({ sighting }) => sighting.at > last - wait);
    this.#waiting = wait > 0 && cut >= 0 ? all.slice(cut) : [];
    return wait > 0 && cut >= 0 ? all.slice(0, cut) : all;
  }

  /** What is said of its members in a chapter, one after the other. */
  #seenIn(chapter: PastChapter): Seen[] {
    const all: Seen[] = [];
    for (const id of chapter.lives) {
      const member = this.#members.get(id);
      if (member === undefined) continue;
      for (const reading of chapter.readings(id)) {
        const sightings = sightingsOf(member.before, reading, { every: this.#every, alone: this.#alone });
        member.before = reading;
        for (const sighting of sightings) all.push({ member, sighting });
      }
    }
    return all;
  }

  /** Cut into moments, in each of which every member is seen once at most. */
  *#together(all: readonly Seen[]): Generator<readonly Seen[], void> {
    let moment: Seen[] = [];
    const members = new Set<Member>();
    for (const seen of all) {
      const begun = moment[0]?.sighting.at ?? seen.sighting.at;
      if (members.has(seen.member) || seen.sighting.at - begun > TOGETHER * this.#every) {
        yield moment;
        moment = [];
        members.clear();
      }
      members.add(seen.member);
      moment.push(seen);
    }
    if (moment.length > 0) yield moment;
  }

  #observe(seen: readonly Seen[], snapshot: Snapshot): void {
    const { target } = this;
    const { uptime } = snapshot;
    const { age } = target.rule.select;
    for (const { member, sighting } of seen) {
      member.last = sighting;
      member.seen = uptime;
      this.#present.add(member);
    }
    this.#group.begin(snapshot);
    for (const member of this.#present) {
      if (lastOf(member) < uptime) this.#present.delete(member);
      else if (isOfAge(member.role.process, age, uptime)) this.#group.add(sampleOf(member, member.seen === uptime));
    }
    if (target.settle()) target.observe();
  }
}

/** Until when it was there for certain, ms: it is looked for who has ended once a minute. A successor must not meet it. */
function lastOf({ role, last }: Member): number {
  return Math.max(role.life.until - LATE, last?.at ?? 0);
}

function sampleOf({ role: { process }, last: sighting }: Member, fresh: boolean): ProcessSample {
  if (sighting === undefined) return { process, rss: 0 };
  const { reading, cpu, threads, loadAt } = sighting;
  const known = { process, rss: reading.rss, swap: reading.swapPss, last: reading, loadAt };
  const sample: { -readonly [K in keyof ProcessSample]: ProcessSample[K] } = known;
  if (fresh) sample.exact = reading;
  if (cpu !== undefined) sample.cpu = cpu;
  if (threads !== undefined) sample.threads = threads;
  return sample;
}

/** How often a condition wants a reading, ms; infinite where it keeps nothing that readings make. */
export function everyOf({ wants }: Condition): number {
  return Math.min(...wants.map(({ every }) => every ?? Number.POSITIVE_INFINITY));
}

/** The rule without what goes by snapshots: those of the past are not stored one by one. */
function onlyLasting(rule: Rule): Rule {
  const wants = rule.when.wants.map((want): SeriesWant => {
    const bySamples = want.keep !== undefined && 'samples' in want.keep;
    return bySamples ? { ...want, value: () => undefined } : want;
  });
  return { ...rule, when: { ...rule.when, wants } };
}
