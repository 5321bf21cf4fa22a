import type { ProcessSample, Snapshot } from './types.ts';

/** Never written to. */
const NOBODY: ProcessSample[] = [];

/**
 * The members of a target, gathered anew in each snapshot: `begin`, `add` for each, then `gather`. A base class and not a part of
 * Target: there are thousands of targets, and one object more for each would be felt.
 */
export class Members {
  /** The snapshot it was last seen in; `members` are those it had then. */
  snapshot: Snapshot;
  members: ProcessSample[] = NOBODY;
  /** Start of the youngest member when last observed, ms after boot. */
  youngest = 0;
  /** Members added so far in this snapshot; the array may still hold more, of the last one. */
  #count = 0;
  /** Starts of the oldest and of the youngest of them, ms after boot. */
  #first = Number.POSITIVE_INFINITY;
  #last = 0;

  constructor(snapshot: Snapshot) {
    this.snapshot = snapshot;
  }

  /** Starts a snapshot; the members are added next. */
  begin(snapshot: Snapshot): void {
    this.snapshot = snapshot;
    this.#count = 0;
    this.#first = Number.POSITIVE_INFINITY;
    this.#last = 0;
  }

  /** Adds a member. Hot: the array is filled anew, since an emptied one would be allocated again. */
  add(sample: ProcessSample): void {
    const { startedAt } = sample.process;
    if (this.#count < this.members.length) this.members[this.#count] = sample;
    // Most targets have one member, and room for more would be the bulk of what they take.
    else if (this.#count === 0) this.members = [sample];
    else this.members.push(sample);
    this.#count += 1;
    if (startedAt < this.#first) this.#first = startedAt;
    if (startedAt > this.#last) this.#last = startedAt;
  }

  /** All members are there now. */
  gather(): void {
    if (this.members.length > this.#count) this.members.length = this.#count;
  }

  /** Leaves only these of them. */
  keepOnly(left: ProcessSample[]): void {
    this.members = left;
    this.#count = left.length;
  }

  /** Lets go of all members, and of the snapshot. */
  empty(instead: Snapshot): void {
    this.snapshot = instead;
    this.members = NOBODY;
  }

  /** True when there are members, and all of them started after this uptime, ms. */
  areYoungerThan(uptime: number): boolean {
    return this.#count > 0 && this.#first > uptime;
  }

  /** True when nobody is left who was a member when last observed. */
  get areNew(): boolean {
    return this.#first > this.youngest;
  }

  /** Start of the oldest member, ms after boot; 0: there is none. */
  get oldest(): number {
    return this.#count > 0 ? this.#first : 0;
  }

  /** Remembers whom it has seen. */
  remember(): void {
    if (this.#last > this.youngest) this.youngest = this.#last;
  }
}
