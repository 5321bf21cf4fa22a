import type { Sending } from './sending.ts';

/** What waits for one receiver: what is about one target goes in its order, different targets do not wait for each other. */
export class Lanes {
  readonly #lanes = new Map<string, Sending[]>();
  /** The first of their lanes, due: those that became due earlier go first. */
  #ready: Sending[] = [];
  /** The first of their lanes, not due when last looked at. */
  readonly #later = new Set<Sending>();
  /** None of those is due before. */
  #earliest = Number.POSITIVE_INFINITY;

  add(sending: Sending): void {
    const lane = this.#lanes.get(sending.lane);
    if (lane) lane.push(sending);
    else {
      this.#lanes.set(sending.lane, [sending]);
      this.#offer(sending);
    }
  }

  /** Lets one that was taken wait until it is due again. */
  again(sending: Sending): void {
    this.#offer(sending);
  }

  remove(sending: Sending): void {
    const lane = this.#lanes.get(sending.lane);
    const index = lane?.indexOf(sending) ?? -1;
    if (lane === undefined || index < 0) return;
    lane.splice(index, 1);
    this.#later.delete(sending);
    const [next] = lane;
    if (next === undefined) this.#lanes.delete(sending.lane);
    else if (index === 0) this.#offer(next);
  }

  /** The next that is due and first of its lane; undefined when there is none. */
  take(now: number): Sending | undefined {
    if (this.#earliest <= now) this.#sort(now);
    for (let next = this.#ready.shift(); next !== undefined; next = this.#ready.shift()) {
      if (next.state === 'waiting' && this.#lanes.get(next.lane)?.[0] === next) return next;
    }
    return undefined;
  }

  /** Nothing can be taken before; undefined when nothing waits. */
  nextDue(): number | undefined {
    if (this.#ready.length > 0) return Number.NEGATIVE_INFINITY;
    return this.#later.size === 0 ? undefined : this.#earliest;
  }

  /** What nobody is sending, in no order. */
  idle(): Sending[] {
    return [...this.#lanes.values()].flat().filter(({ state }) => state === 'waiting');
  }

  #offer(sending: Sending): void {
    this.#later.add(sending);
    this.#earliest = Math.min(this.#earliest, sending.due);
  }

  #sort(now: number): void {
    this.#earliest = Number.POSITIVE_INFINITY;
    for (const sending of this.#later) {
      if (sending.due > now) this.#earliest = Math.min(this.#earliest, sending.due);
      else {
        this.#later.delete(sending);
        this.#ready.push(sending);
      }
    }
  }
}
