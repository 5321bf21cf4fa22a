import { identityOf, membersOf, type Patient } from './patient.ts';
import type { Snapshot } from './types.ts';

/** What a restart must bring about to have helped. */
export interface Aim {
  /** Share of the memory held before that must be free again, 0 to 1; absent: only that it is up again. */
  readonly frees?: number;
  /** How long it may take until that is so, ms. */
  readonly within: number;
  /** How long one of the new processes must have been up before its memory is looked at, ms. */
  readonly up: number;
}

/**
 * Where a treatment stands. `settling`: nobody new has been up for long enough; `up`: its memory is to be read now; `waiting`:
 * it held too much when it was read last; the others are ends.
 */
export type Phase = 'settling' | 'up' | 'waiting' | 'helped' | 'not-back' | 'freed-too-little' | 'unread';

/** A restart whose effect is awaited. Times are uptime in ms, memory (PSS and SwapPss) is in bytes. */
export interface Treatment {
  readonly aim: Aim;
  readonly patient: Patient;
  readonly phase: Phase;
  /** When it was done. */
  readonly at: number;
  /** Who was there before, as `identityOf` names them. */
  readonly old: ReadonlySet<string>;
  /** Held before; absent: could not be read. */
  readonly before?: number;
  /** Held when it was read last, and when that was. */
  readonly after?: number;
  readonly readAt?: number;
  /** Who of the new processes is waited for, and since when it has been seen. */
  readonly heir?: { readonly who: string; readonly since: number };
}

/** It is read again after this share of `within`, so that reading costs the new process next to nothing. */
const LOOKS = 8;

/** Whether nothing more is to be expected. */
export function isOver({ phase }: Treatment): boolean {
  return phase === 'helped' || phase === 'not-back' || phase === 'freed-too-little' || phase === 'unread';
}

/** Moves a treatment on by what one snapshot shows. In the phase `up` memory must be read next. */
export function observe(treatment: Treatment, snapshot: Snapshot): Treatment {
  if (isOver(treatment)) return treatment;
  const { uptime } = snapshot;
  const { heir: _, ...rest } = treatment;
  const heir = heirOf(treatment, snapshot);
  const next: Treatment = heir === undefined ? rest : { ...rest, heir };
  return { ...next, phase: phaseAt(next, uptime) };
}

/** Who of the new processes has been waited for so far, or is from now on. */
function heirOf({ patient, old, heir }: Treatment, snapshot: Snapshot): Treatment['heir'] {
  const fresh = membersOf(patient, snapshot)
    .map(identityOf)
    .filter((who) => !old.has(who));
  if (heir !== undefined && fresh.includes(heir.who)) return heir;
  const [first] = fresh;
  return first === undefined ? undefined : { who: first, since: snapshot.uptime };
}

function phaseAt(treatment: Treatment, uptime: number): Phase {
  const { aim, at, heir, readAt } = treatment;
  const inTime = uptime - at <= aim.within;
  if (heir === undefined || uptime - heir.since < aim.up) return inTime ? 'settling' : 'not-back';
  if (aim.frees === undefined) return 'helped';
  if (readAt === undefined || uptime - readAt >= aim.within / LOOKS) return 'up';
  return inTime ? 'waiting' : atTheEnd(treatment);
}

function atTheEnd({ before, after }: Treatment): Phase {
  return before === undefined || after === undefined ? 'unread' : 'freed-too-little';
}

/** Takes what the members hold in the phase `up`; undefined: they could not be read. */
export function weigh(treatment: Treatment, memory: number | undefined, uptime: number): Treatment {
  const { aim, at, before } = treatment;
  const read: Treatment = { ...treatment, readAt: uptime, ...(memory !== undefined && { after: memory }) };
  const share = freedShare(read);
  if (share !== undefined && memory !== undefined && share >= (aim.frees ?? 0)) return { ...read, phase: 'helped' };
  return { ...read, phase: uptime - at <= aim.within && before !== undefined ? 'waiting' : atTheEnd(read) };
}

/** The share of the memory held before that is free again; below 0 where it holds more; undefined where it is not known. */
export function freedShare({ before, after }: Treatment): number | undefined {
  return before === undefined || after === undefined || before === 0 ? undefined : (before - after) / before;
}
