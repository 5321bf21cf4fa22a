import { compileGlob } from '../glob.ts';
import type { AlertEvent } from '../types.ts';
import { lastRound, parseCron } from './cron.ts';

/** Which alerts are meant: everything that is said must hold. Each is a glob. */
export interface Matcher {
  readonly rule?: string;
  /** The name of the target, its key, its unit or its container. */
  readonly target?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Somebody wants not to hear of some alerts for a while. Plain data. */
export interface Silence {
  readonly id: string;
  readonly author: string;
  readonly reason: string;
  /** Unix ms. */
  readonly created: number;
  readonly match: Matcher;
  /** Unix ms; `resolved`: as soon as nothing that it matches fires any more; `ended`: until somebody ends it. */
  readonly until: number | 'resolved' | 'ended';
  /** It holds only for `lasts` ms after each time that the expression comes round. */
  readonly recurs?: { readonly cron: string; readonly zone: string; readonly lasts: number };
  /** It ends when nothing that it matches has fired for so long, ms. */
  readonly expireUnused?: number;
  /** Unix ms at which something last fired that it matches; when it was made, before that. */
  readonly usedAt: number;
}

/** Whether an alert is meant. */
export function matches({ rule, target, labels = {} }: Matcher, event: AlertEvent): boolean {
  const { key, name, unit, container } = event.target;
  if (rule !== undefined && !compileGlob(rule)(event.rule)) return false;
  if (target !== undefined) {
    const means = compileGlob(target);
    if (![name, key, unit, container].some((text) => text !== undefined && means(text))) return false;
  }
  return Object.entries(labels).every(([label, glob]) => compileGlob(glob)(event.labels[label] ?? ''));
}

/** Whether it holds at a moment; whether it has ended is asked first. @param time Unix ms. */
export function isInForce({ recurs }: Silence, time: number): boolean {
  if (recurs === undefined) return true;
  const { cron, zone, lasts } = recurs;
  const began = lastRound(parseCron(cron), { zone, time, within: lasts });
  return began !== undefined && time < began + lasts;
}

/** Why it has ended, or undefined. @param used something that it matches is firing. @param time Unix ms. */
export function whyEnded({ until, expireUnused, usedAt }: Silence, used: boolean, time: number): string | undefined {
  if (typeof until === 'number' && time >= until) return 'its time is over';
  if (until === 'resolved' && !used) return 'what it silenced is resolved';
  if (expireUnused !== undefined && !used && time - usedAt >= expireUnused) return 'it was not used';
  return undefined;
}

/** `silenced by ann (s1k2): deploy`. */
export function describeSilence({ id, author, reason }: Silence): string {
  return `silenced by ${author} (${id}): ${reason}`;
}
