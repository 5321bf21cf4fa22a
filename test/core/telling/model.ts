import type { Telling } from '../../../src/core/telling/nouns.ts';
import type { AlertEvent, Rule, Step } from '../../../src/core/types.ts';

/** One life of one alert, and who has heard what of it. */
export interface Life {
  readonly id: string;
  readonly rule: Rule;
  readonly target: string;
  /** Unix ms. */
  readonly fired: number;
  over: boolean;
  acked: boolean;
  readonly beginning: Set<string>;
  readonly end: Set<string>;
}

/** A silence of one target. */
export interface Hush {
  readonly target: string;
  readonly until: number;
}

/**
 * What is promised about who is told, said as simply as can be: no queues, no gatherings, no clocks but the wall's. It
 * looks at what the desk hands out, and throws at the first promise that is broken.
 */
export class Model {
  readonly lives = new Map<string, Life>();
  readonly hushes = new Map<string, Hush>();
  /** Whether a window that a rule or the house has is open, asked by its index: an oracle of its own. */
  readonly #isOpen: (name: string, time: number) => boolean;

  constructor(isOpen: (name: string, time: number) => boolean) {
    this.#isOpen = isOpen;
  }

  firing(rule: string, target: string): Life | undefined {
    return [...this.lives.values()].find((life) => life.rule.name === rule && life.target === target && !life.over);
  }

  isMuted({ rule, target }: Life, time: number): boolean {
    if ([...this.hushes.values()].some((hush) => hush.target === target && time < hush.until)) return true;
    if ((rule.inhibitedBy ?? []).some((name) => this.firing(name, target) !== undefined)) return true;
    return rule.during !== undefined && !this.#isOpen(rule.name, time);
  }

  isQuiet(time: number): boolean {
    return this.#isOpen('quiet', time);
  }

  /** Takes what the desk hands out at a moment. */
  hear({ hand }: Telling, time: number): void {
    for (const { event, steps } of hand) {
      for (const step of steps.filter(({ on }) => on.includes(event.kind))) {
        if (event.bundle) for (const one of event.bundle.alerts) this.#hearBundled(one, event, { step, time });
        else this.#hearAlone(event, { step, time });
      }
    }
    this.#nobodyIsKeptWaiting(time);
  }

  /** Everything has had its time: whoever heard of a beginning has heard of the end, and what fires is told to all. */
  settled(): void {
    for (const { id, rule, over, acked, beginning, end } of this.lives.values()) {
      for (const { name, on, escalation } of rule.steps) {
        if (over && on.includes('resolved')) must(beginning.has(name) === end.has(name), `${id}: ${name}: no end`);
        if (!over && !(escalation && acked)) must(beginning.has(name), `${id}: ${name} was never told`);
      }
    }
  }

  #hearAlone(event: AlertEvent, { step, time }: Heard): void {
    const life = this.#life(event);
    const where = `${life.id} ${event.kind} ${step.name}`;
    must(!this.isMuted(life, time), `${where}: told while it is muted`);
    must(!(step.action.exclusive && this.isQuiet(time)), `${where}: acted upon in quiet hours`);
    if (event.kind === 'fired') this.#begin(life, { step, time });
    else must(life.beginning.has(step.name), `${where}: told to who knows nothing of it`);
    if (event.kind === 'reminded') must(!life.acked, `${where}: reminded of what is acknowledged`);
    if (event.kind === 'resolved') this.#end(life, step);
  }

  /** Who has been told of an alert in a bundle may see it in the next one, silenced or not; nobody hears of it first while it is muted. */
  #hearBundled(one: AlertEvent, bundle: AlertEvent, { step, time }: Heard): void {
    const life = this.#life(one);
    const first = !life.beginning.has(step.name);
    if (first) {
      must(bundle.kind === 'fired', `${life.id}: begins in a bundle that is ${bundle.kind}`);
      must(!this.isMuted(life, time), `${life.id} ${step.name}: told in a bundle while it is muted`);
      this.#begin(life, { step, time });
    }
    // A bundle that begins and ends at once is told as both.
    if (one.kind === 'resolved' && !life.end.has(step.name)) this.#end(life, step);
  }

  #begin(life: Life, { step, time }: Heard): void {
    const where = `${life.id} ${step.name}`;
    must(!life.beginning.has(step.name), `${where}: told twice`);
    must(time - life.fired >= step.after, `${where}: told before its time`);
    if (step.escalation) must(!life.acked, `${where}: escalated though acknowledged`);
    life.beginning.add(step.name);
  }

  #end(life: Life, step: Step): void {
    must(life.over, `${life.id} ${step.name}: its end is told while it fires`);
    must(!life.end.has(step.name), `${life.id} ${step.name}: its end is told twice`);
    life.end.add(step.name);
  }

  /** What fires and may be told is told, at once where nothing makes it wait. */
  #nobodyIsKeptWaiting(time: number): void {
    for (const life of this.lives.values()) {
      if (life.over || this.isMuted(life, time)) continue;
      for (const { name, after, action } of life.rule.steps) {
        if (after > 0 || action.gathers || (action.exclusive && this.isQuiet(time))) continue;
        must(life.beginning.has(name), `${life.id} ${name}: is not told though nothing keeps it`);
      }
    }
  }

  #life({ alert }: AlertEvent): Life {
    const life = this.lives.get(alert);
    if (life === undefined) throw new Error(`${alert}: there is no such alert`);
    return life;
  }
}

interface Heard {
  readonly step: Step;
  readonly time: number;
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}
