import type { Group } from './group.ts';
import { NO_SNAPSHOT } from './standing.ts';
import type { ProcessInfo, ProcessSample, Selector, Snapshot } from './types.ts';

/** Never written to. */
const NOBODY: ProcessSample[] = [];

/** Who divides processes into groups, and keeps those that there are. */
export interface GroupKeeper {
  readonly select: Pick<Selector, 'age'>;
  /** Its one group is the whole selection, and is judged with nobody in it too. */
  readonly whole: boolean;
  /** A group is there of which some rule has no target. */
  complete(group: Members): void;
  /** Nobody holds a group any more: no process counts for it, and no rule has a target of it. */
  forget(group: Members): void;
}

/**
 * The members of a group, gathered anew in each snapshot: `begin`, `add` for each, then `settle`. One for all rules that select
 * and group alike: most rules of a host look at every process, and who is a member is found out once.
 */
export class Members implements Group {
  readonly key: string;
  readonly name: string;
  /** How old a member must be. */
  readonly age: Selector['age'];
  /** The snapshot it was last seen in; `members` are those it had then. */
  snapshot: Snapshot;
  members: ProcessSample[] = NOBODY;
  readonly #keeper: GroupKeeper | undefined;
  /** Processes that count for it, and targets of it. */
  #holders = 0;
  #targets = 0;
  #incomplete = true;
  #settled = false;
  /** Members added so far in this snapshot; the array may still hold more, of the last one. */
  #count = 0;
  #eldest: ProcessInfo | undefined;
  /** Starts of the oldest and of the youngest of them, ms after boot. */
  #first = Number.POSITIVE_INFINITY;
  #last = 0;

  constructor({ key, name }: Group, snapshot: Snapshot, keeper?: GroupKeeper) {
    this.key = key;
    this.name = name;
    this.age = keeper?.select.age;
    this.snapshot = snapshot;
    this.#keeper = keeper;
  }

  /** Starts a snapshot; the members are added next. */
  begin(snapshot: Snapshot): void {
    this.snapshot = snapshot;
    this.#settled = false;
    this.#empty();
    if (!this.#incomplete) return;
    this.#incomplete = false;
    this.#keeper?.complete(this);
  }

  /** Adds a member. Hot: the array is filled anew, since an emptied one would be allocated again. */
  add(sample: ProcessSample): void {
    const { process } = sample;
    const { startedAt } = process;
    if (this.#count < this.members.length) this.members[this.#count] = sample;
    // Most groups have one member, and room for more would be the bulk of what they take.
    else if (this.#count === 0) this.members = [sample];
    else this.members.push(sample);
    this.#count += 1;
    if (startedAt < this.#first) {
      this.#first = startedAt;
      this.#eldest = process;
    }
    if (startedAt > this.#last) this.#last = startedAt;
  }

  /** All members are there now. */
  gather(): void {
    if (this.members.length > this.#count) this.members.length = this.#count;
  }

  /** Everything was read that will be: who ended meanwhile is no member. When nobody is left, those who were there last are kept, to tell of them, unless that nobody is there is a question of its own. */
  settle(): void {
    if (this.#settled) return;
    this.#settled = true;
    this.gather();
    if (this.members.every(isThere)) return;
    const left = this.members.filter(isThere);
    this.#empty();
    for (const sample of left) this.add(sample);
    if (left.length > 0 || this.#keeper?.whole) this.gather();
  }

  /** True when nobody is there. */
  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** Takes over the members that another group has. */
  inherit(other: Members): void {
    this.snapshot = other.snapshot;
    this.members = [...other.members];
    this.#count = other.#count;
    this.#eldest = other.#eldest;
    this.#first = other.#first;
    this.#last = other.#last;
  }

  /** True when there are members, and all of them started after this uptime, ms. */
  areYoungerThan(uptime: number): boolean {
    return this.#count > 0 && this.#first > uptime;
  }

  /** True when nobody started before this uptime, ms. */
  haveAllComeAfter(uptime: number): boolean {
    return this.#first > uptime;
  }

  /** The oldest member, which as a rule has started the others. */
  get eldest(): ProcessInfo | undefined {
    return this.#eldest;
  }

  /** Start of the oldest member, ms after boot; 0: there is none. */
  get oldest(): number {
    return this.#count > 0 ? this.#first : 0;
  }

  /** Start of the youngest one. */
  get youngest(): number {
    return this.#last;
  }

  /** A process counts for it from now on. */
  hold(): void {
    this.#holders += 1;
  }

  /** It does no longer. */
  release(): void {
    this.#holders -= 1;
    if (this.#holders === 0) this.#keeper?.forget(this);
  }

  /** A rule has a target of it from now on. */
  join(): void {
    this.#targets += 1;
    this.hold();
  }

  /**
   * The rule has given it up, and needs another one as soon as somebody is there. Of a group without targets no more than its
   * name is kept: processes that are too old for it would each keep the whole snapshot in which they were not.
   */
  quit(): void {
    this.#incomplete = true;
    this.#targets -= 1;
    if (this.#targets === 0) {
      this.#empty();
      this.members = NOBODY;
      this.snapshot = NO_SNAPSHOT;
    }
    this.release();
  }

  #empty(): void {
    this.#count = 0;
    this.#eldest = undefined;
    this.#first = Number.POSITIVE_INFINITY;
    this.#last = 0;
  }
}

function isThere({ unread }: ProcessSample): boolean {
  return unread !== 'gone';
}
