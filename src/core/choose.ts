import { atMost, figureOf } from './bounds.ts';
import type { Doubt, ProcessSample, Urgency } from './types.ts';

/** A figure of a group that is to be narrowed. */
export interface Choice extends Doubt {
  readonly urgency: Urgency;
  readonly why: () => string;
  /** Whose figure; the target's members where nothing is said. */
  readonly members?: readonly ProcessSample[];
}

/** Where nothing is known of a process its PSS is taken to be this share of its bound. */
const USUAL_SHARE = 0.6;

interface Candidate {
  readonly sample: ProcessSample;
  readonly high: number;
  /** What it is likely to have: the last reading, as far as the bounds allow. */
  readonly guess: number;
}

/**
 * Which members to read so that the sum of a measure is known to lie on one side of the limit, judged by what they are likely
 * to have: if the sum is likely above, those that prove most of it; if below, those whose bound is furthest from the truth. A
 * guess only says who is asked first: what is read decides.
 */
export function choose(members: readonly ProcessSample[], { measure, limit, urgency }: Choice): ProcessSample[] {
  let low = 0;
  let high = 0;
  const open: Candidate[] = [];
  for (const sample of members) {
    if (sample.unread === 'gone') continue;
    if (sample.exact !== undefined) {
      const known = figureOf(sample.exact, measure);
      low += known;
      high += known;
      continue;
    }
    const bound = atMost(sample, measure);
    high += bound;
    if (mayBeAsked(sample, urgency)) open.push({ sample, high: bound, guess: guessOf(sample, measure, bound) });
  }
  if (limit === undefined) return open.map(({ sample }) => sample);
  const likely = low + open.reduce((sum, { guess }) => sum + guess, 0);
  return likely > limit ? proveAbove(open, { low, limit }) : proveBelow(open, { high, limit });
}

/** What cost too much for a decision is read all the same for a deed. */
function mayBeAsked({ unread }: ProcessSample, urgency: Urgency): boolean {
  return unread === undefined || (unread === 'postponed' && urgency === 'act');
}

function proveAbove(open: Candidate[], { low, limit }: { low: number; limit: number }): ProcessSample[] {
  open.sort((a, b) => b.guess - a.guess);
  const chosen: ProcessSample[] = [];
  let proved = low;
  for (const { sample, guess } of open) {
    if (proved > limit) break;
    chosen.push(sample);
    proved += guess;
  }
  return chosen;
}

function proveBelow(open: Candidate[], { high, limit }: { high: number; limit: number }): ProcessSample[] {
  open.sort((a, b) => b.high - b.guess - (a.high - a.guess));
  const chosen: ProcessSample[] = [];
  let left = high;
  for (const { sample, high: bound, guess } of open) {
    // Unbounded less unbounded is no number: then all of them are needed.
    if (left < limit) break;
    chosen.push(sample);
    left -= bound - guess;
  }
  return chosen;
}

function guessOf(sample: ProcessSample, measure: Doubt['measure'], bound: number): number {
  const { last } = sample;
  const known = last && figureOf(last, measure);
  return Math.min(bound, known ?? (bound === Number.POSITIVE_INFINITY ? sample.rss : bound) * USUAL_SHARE);
}
