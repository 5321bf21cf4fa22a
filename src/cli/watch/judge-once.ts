import { advance } from '../../core/advance.ts';
import { escapeControls, jsonLine } from '../../core/escape.ts';
import { emptyMemory, type Memory } from '../../core/memory.ts';
import type { AlertEvent, Rule, Severity, Snapshot, Undecided } from '../../core/types.ts';
import { describeUndecided } from '../../core/undecided.ts';

/** Exit codes and words of a monitoring plug-in (Monitoring Plugins Development Guidelines). */
const STATES = [
  [0, 'OK'],
  [1, 'WARNING'],
  [2, 'CRITICAL'],
  [3, 'UNKNOWN'],
] as const;
type State = (typeof STATES)[number];

const STATE_OF: Readonly<Record<Severity, State>> = { info: STATES[0], warning: STATES[1], critical: STATES[2] };
const UNKNOWN = STATES[3];

/** What one look at the host says. */
export interface Judgement {
  readonly code: number;
  readonly text: string;
}

/**
 * Judges one snapshot as a monitoring plug-in: `for` does not count, since there is only this moment; rules that need a
 * history are said to be left out; nothing is told or done.
 */
export function judgeOnce(rules: readonly Rule[], snapshot: Snapshot, json: boolean): Judgement {
  const judged = rules.filter(({ mode }) => mode !== 'shadow');
  const momentary = judged
    .filter(({ when }) => when.wants.length === 0)
    .map((rule) => ({ ...rule, for: 0, steps: [] }));
  const memory = emptyMemory();
  const fired = advance(memory, momentary, snapshot).filter(({ kind }) => kind === 'fired');
  const undecided = unansweredIn(memory);
  const unsure = [...new Set(undecided.map(({ rule }) => rule))];
  const worst = worstOf(fired, undecided);
  const left = judged.length - momentary.length;
  const [code, word] = worst;
  if (json) return { code, text: `${jsonLine({ state: word, fired, undecided, needHistory: left })}\n` };
  const summary = [
    `${fired.length} of ${momentary.length} rules fire`,
    ...(unsure.length > 0 ? [`${unsure.length} can't be decided: ${unsure.join(', ')}`] : []),
    ...(left > 0 ? [`${left} need a history`] : []),
  ];
  const lines = fired.map((event) => `${STATE_OF[event.severity][1]} ${event.rule}: ${plainText(event.message)}\n`);
  return { code, text: `PSSTOP ${word}: ${summary.join('; ')}\n${lines.join('')}` };
}

/** What a rule of severity `info` says is OK whatever it says, and so is not to know it. */
function worstOf(fired: readonly AlertEvent[], undecided: readonly Undecided[]): State {
  const [worst = STATES[0]] = fired.map(({ severity }) => STATE_OF[severity]).sort(([a], [b]) => b - a);
  return worst[0] === 0 && undecided.some(({ severity }) => severity !== 'info') ? UNKNOWN : worst;
}

/** Targets that could not be judged: a process could not be read. */
function unansweredIn(memory: Memory): Undecided[] {
  const targets = [...memory.byRule.values()].flatMap((ofRule) => [...ofRule.targets.values()]);
  return targets.filter(({ answered }) => !answered).map(describeUndecided);
}

/** A bar begins a plug-in's performance data, and any process may have one in its name. */
function plainText(message: string): string {
  return escapeControls(message).replaceAll('|', '¦');
}
