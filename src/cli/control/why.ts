import type { Memory } from '../../core/memory.ts';
import type { Target } from '../../core/target.ts';
import type { Bounds, Doubt, ProcessSample, Rule, UnreadReason, Verdict } from '../../core/types.ts';
import { type Files, type Progress, progressOf } from './progress.ts';

/** What one rule says of one target, and what it says it by. */
export interface Why {
  readonly rule: string;
  readonly mode: string;
  readonly target: string;
  readonly phase: string;
  /** In this phase for so long, ms. */
  readonly inPhase?: number;
  /** What the condition answers now; absent: it can't tell yet. */
  readonly verdict?: Omit<Verdict, 'because'> & { readonly because: string };
  /** For how long it must hold before it fires, ms. */
  readonly for: number;
  readonly pss?: Bounds;
  /** The sum of the last readings, bytes, where every process has one. */
  readonly read?: number;
  /** What counts while the condition can't tell. */
  readonly noData: Rule['noData'];
  /** How far back the histories go, ms, and the age of what of them was stored before the rule was there. */
  readonly history?: { readonly reach: number; readonly stored?: number };
  /** What must be read for the condition to answer. */
  readonly doubts: readonly Doubt[];
  /** What is wrong with the condition, where it has no answer for that. */
  readonly fault?: string;
  /** Processes of the target. */
  readonly count: number;
  /** Those of them that were asked for, the biggest first, fifty at most. */
  readonly processes: readonly WhyProcess[];
  /** Who has heard of its alert and who is to, and what is done about it; absent where there is none. */
  readonly alert?: Progress;
  /** The rule reminds in so many ms, if it goes on. */
  readonly reminds?: number;
}

/** When a process was read, and what is known of it without. */
export interface WhyProcess {
  readonly pid: number;
  readonly name: string;
  readonly rss: number;
  readonly pss?: number;
  /** Age of that reading, ms. */
  readonly age?: number;
  readonly unread?: UnreadReason;
}

/** So many processes are listed of one target. */
const LISTED = 50;

/** What all rules say of a process (a number), or of whatever has a name. */
export function explainTargets(memory: Memory, what: string, files: Files): Why[] {
  const pid = /^\d+$/.test(what) ? Number(what) : undefined;
  const isAsked = ({ process }: ProcessSample): boolean =>
    pid === undefined ? process.name === what : process.pid === pid;
  const targets = [...memory.byRule.values()].flatMap((ofRule) => [...ofRule.targets.values()]);
  return targets.flatMap((target) => {
    const isWhole = pid === undefined && (target.name === what || target.rule.name === what);
    // Of a target that holds the whole host, the others are not what was asked for.
    const listed = isWhole ? target.members : target.members.filter(isAsked);
    return isWhole || listed.length > 0 ? [explain(target, listed, { uptime: memory.uptime, files })] : [];
  });
}

function explain(
  target: Target,
  listed: readonly ProcessSample[],
  { uptime, files }: { uptime: number; files: Files },
): Why {
  const { rule, alert, members } = target;
  const reminds = target.firing && rule.repeat > 0;
  const biggest = [...listed].sort((a, b) => b.rss - a.rss).slice(0, LISTED);
  const verdict = answerOf(target);
  const pss = target.measure('pss');
  const fault = verdict === undefined ? target.fault() : undefined;
  return {
    ...{ rule: rule.name, mode: rule.mode, target: target.name, phase: alert.phase, for: rule.for },
    ...(alert.phase !== 'idle' && { inPhase: uptime - alert.since }),
    ...(verdict && { verdict: { ...verdict, because: verdict.because() } }),
    ...(pss && { pss }),
    ...(members.every(lastOf) && { read: members.reduce((sum, sample) => sum + (lastOf(sample)?.pss ?? 0), 0) }),
    noData: rule.noData,
    ...historyOf(target, uptime),
    doubts: target.doubts(),
    ...(fault !== undefined && { fault }),
    count: members.length,
    processes: biggest.map((sample) => processOf(sample, uptime)),
    ...(alert.id !== '' && { alert: progressOf(alert.id, files) }),
    ...(reminds && { reminds: Math.max(0, alert.toldAt + rule.repeat - uptime) }),
  };
}

function historyOf({ histories }: Target, uptime: number): Pick<Why, 'history'> {
  const oldest = histories?.oldest;
  if (oldest === undefined) return {};
  const recalled = histories?.recalled;
  // A point may have been stored a moment after the snapshot that judges by it was begun.
  return {
    history: { reach: uptime - oldest, ...(recalled !== undefined && { stored: Math.max(0, uptime - recalled) }) },
  };
}

/** A condition that throws is reported where it is judged. */
function answerOf(target: Target): Verdict | undefined {
  try {
    return target.rule.when.test(target);
  } catch {
    return undefined;
  }
}

function lastOf({ exact, last }: ProcessSample): ProcessSample['last'] {
  return exact ?? last;
}

function processOf(sample: ProcessSample, uptime: number): WhyProcess {
  const read = lastOf(sample);
  const { process, rss, unread } = sample;
  const { pid, name } = process;
  return {
    ...{ pid, name, rss },
    ...(read && { pss: read.pss, age: Math.max(0, uptime - read.at) }),
    ...(unread && { unread }),
  };
}
