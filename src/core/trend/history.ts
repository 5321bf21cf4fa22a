import type { ProcessInfo } from '../types/process.ts';
import { type Life, lifeOf, MOST_LIVES } from './leak/lives.ts';
import { Levels, type SavedLevels, type Sight } from './levels.ts';

/** What is seen of a target besides what it holds: what confirms that, and its load as counters have it. NaN where it is not known. */
export type Beside = Omit<Sight, 'held' | 'work'> & {
  /** CPU time taken since the start, ms, and the uptime at which it was so much. */
  cpu: number;
  cpuAt: number;
};

/** All that is remembered of one target over weeks: the life that goes on, and what is worth keeping of those before it. A class, as it holds buffers. */
export class History {
  readonly levels: Levels;
  lives: readonly Life[] = [];
  /** The build that runs, where a condition asks. */
  build: string | undefined;
  /** The process that runs it, as long as that is known. */
  eldest: ProcessInfo | undefined;
  /** What a condition found last. */
  note: unknown;
  #cpu = Number.NaN;
  #cpuAt = 0;

  constructor(width: number, phase: number) {
    this.levels = new Levels(width, phase);
  }

  /** Adds what is seen at an uptime, ms. The load is the CPU time since it was last looked at, which may be some sights ago. */
  push(at: number, held: number, { own, resident, crew, cpu, cpuAt }: Readonly<Beside>): void {
    const took = cpu - this.#cpu;
    const since = cpuAt - this.#cpuAt;
    const work = took >= 0 && since > 0 ? took / since : Number.NaN;
    this.#cpu = cpu;
    this.#cpuAt = cpuAt;
    SIGHT.held = held;
    SIGHT.own = own;
    SIGHT.resident = resident;
    SIGHT.crew = crew;
    SIGHT.work = work;
    this.levels.push(at, SIGHT);
  }

  /** Another life begins, at the uptime `phase`, ms. */
  restart(phase: number): void {
    const life = lifeOf(this.levels);
    if (life) this.lives = [...this.lives, life].slice(-MOST_LIVES);
    this.levels.clear(phase);
    this.#cpu = Number.NaN;
    this.note = undefined;
  }

  /** Plain data, from which `restore` makes the same again. */
  save(): SavedHistory {
    const { lives, note, build } = this;
    const levels = this.levels.save();
    return { levels, lives, note, cpu: this.#cpu, cpuAt: this.#cpuAt, ...(build !== undefined && { build }) };
  }

  /** Takes over what was saved, of the same boot. @returns false, and changes nothing, when it is of another width. */
  restore({ levels, lives, note, cpu, cpuAt, build }: SavedHistory): boolean {
    if (!this.levels.restore(levels)) return false;
    this.lives = lives.slice(-MOST_LIVES);
    this.note = note;
    this.#cpu = cpu;
    this.#cpuAt = cpuAt;
    this.build = build;
    return true;
  }
}

/** `History` as plain data. */
export interface SavedHistory {
  readonly levels: SavedLevels;
  readonly lives: readonly Life[];
  readonly note: unknown;
  readonly cpu: number;
  readonly cpuAt: number;
  readonly build?: string;
}

/** Filled anew for every sight: histories are pushed for every target at every snapshot. */
const SIGHT: Sight = { held: 0, own: 0, resident: 0, work: 0, crew: 0 };
