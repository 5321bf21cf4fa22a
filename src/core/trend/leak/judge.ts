import { FACTOR, FINEST, LEVELS, type Levels } from '../levels.ts';
import { exhaustingLives } from './endings.ts';
import { type LeakingLives, type Life, leakingLives, lifeOf } from './lives.ts';
import { type Circumstances, type Guard, type Look, lookAt } from './look.ts';
import { LEVEL, lookAtRest } from './rest.ts';
import { type Window, windowsOf } from './stretch.ts';

/** `suspected`: it looks like a leak, but something may explain it; `confirmed`: nothing does; `page`: and it matters now. */
export type Grade = 'suspected' | 'confirmed' | 'page';

/** From the mildest. */
export const GRADES: readonly Grade[] = ['suspected', 'confirmed', 'page'];

/** What is found of one target at one moment. */
export interface LeakFinding {
  readonly grade: Grade | undefined;
  /** The window that decides: the shortest that shows a leak, else the one that came nearest to it. */
  readonly look: Look | undefined;
  /** Set where it is the lives together that leak. */
  readonly lives: LeakingLives | undefined;
}

/** These leave a leak suspected: more time, or less load, will tell. */
const DOUBTS: ReadonlySet<Guard> = new Set(['load', 'seen'] as const);

/** How far a window came before a guard stopped it. */
const ORDER: readonly Guard[] = [
  'size',
  'even',
  'spread',
  'steady',
  'straight',
  'settling',
  'private',
  'load',
  'before',
  'past',
  'cycle',
  'seen',
];

/** A leak matters now when it took this share of the level, or this share of the ceiling is reached. */
const PAGE_SHARE = 0.2;
const PAGE_CEILING = 0.8;

/** The shortest window is this share of the cold start. */
const SHORTEST = 1 / 12;

/** The life that goes on counts as one from this share of the cold start. */
const LIFE = 1 / 6;

/** Length of the finest buckets of a history in which a process must be seen for `cold` ms before there is a verdict: 512 of them. */
export function bucketFor(cold: number): number {
  return (cold * FINEST) / 86_400_000;
}

/** A history is worth another look after so many of its finest buckets. */
export const LOOK_EVERY = 8;

/** What is judged: the history of a target, and its lives before this one. */
export interface Evidence {
  readonly levels: Levels;
  readonly lives: readonly Life[];
  /** Only windows that have a new bucket since this one, the newest of the last time; absent: all of them. */
  readonly since?: number;
}

/** Judges a target. Pure. A few microseconds for each window that is looked at. */
export function findLeak(evidence: Evidence, about: Circumstances): LeakFinding {
  const look = best(evidence, about);
  if (look !== undefined && look.stopped === undefined) {
    return { grade: gradeOf(look, about, evidence.levels), look, lives: undefined };
  }
  const rest = isNews(evidence.levels, { level: LEVEL }, evidence.since ?? -1)
    ? lookAtRest(evidence.levels, about)
    : undefined;
  if (rest) return { grade: gradeOf(rest, about, evidence.levels), look: rest, lives: undefined };
  const lives = ofLives(evidence, about);
  if (lives) return { grade: gradeOf(lives, about, evidence.levels), look, lives };
  const doubtful = look?.stopped !== undefined && DOUBTS.has(look.stopped);
  return { grade: doubtful ? 'suspected' : undefined, look, lives: undefined };
}

/** The shortest window that shows a leak, else the longest of those that came nearest to it. */
function best({ levels, since = -1 }: Evidence, about: Circumstances): Look | undefined {
  let nearest: Look | undefined;
  for (const window of windowsFor(levels, about.cold)) {
    const look = isNews(levels, window, since) ? lookAt(levels, window, about) : undefined;
    if (look === undefined) continue;
    if (look.stopped === undefined) return look;
    if (nearest === undefined || progress(look) >= progress(nearest)) nearest = look;
  }
  return nearest;
}

function ofLives({ levels, lives }: Evidence, { age, cold, ceiling }: Circumstances): LeakingLives | undefined {
  if (lives.length === 0) return undefined;
  const exhausting = exhaustingLives(lives, ceiling);
  if (exhausting) return exhausting;
  const own = age >= LIFE * cold ? lifeOf(levels) : undefined;
  return leakingLives(own ? [...lives, own] : lives, cold);
}

function gradeOf({ grown, level }: Pick<Look, 'grown' | 'level'>, { ceiling }: Circumstances, levels: Levels): Grade {
  const now = levels.latest;
  return grown >= PAGE_SHARE * level || now >= PAGE_CEILING * ceiling ? 'page' : 'confirmed';
}

function isNews({ newest }: Levels, { level }: Pick<Window, 'level'>, since: number): boolean {
  const span = FACTOR ** level;
  return since < 0 || Math.floor((newest + 1) / span) > Math.floor((since + 1) / span);
}

function progress({ stopped }: Look): number {
  return stopped === undefined ? ORDER.length : ORDER.indexOf(stopped);
}

const windows = new Map<number, readonly Window[]>();

/** Made once for each width: there are as many widths as there are rules. */
function windowsFor({ width }: Levels, cold: number): readonly Window[] {
  const known = windows.get(width);
  if (known) return known;
  const made = windowsOf(width, LEVELS).filter(({ hours }) => hours >= SHORTEST * cold * (1 - 1e-9));
  windows.set(width, made);
  return made;
}
