import type { AlertKind, AlertState, Rule } from './types.ts';

/** An alert that nothing has happened to. */
export const IDLE: AlertState = { phase: 'idle', since: 0, begun: 0, fired: 0, toldAt: 0, away: 0, id: '', seen: 0 };

/** A target that is gone may take this long to come back, ms: what it takes a service to be restarted. */
const RESTART = 10_000;

/** What one snapshot says to one alert. */
export interface StepInput {
  /** Does the condition hold? Undefined: can't be told. */
  readonly met: boolean | undefined;
  readonly uptime: number;
  readonly time: number;
}

/** The alert after a step, and what is to be told, if anything. */
export interface StepResult {
  readonly state: AlertState;
  readonly kind?: AlertKind;
}

type Timing = Pick<Rule, 'for' | 'keep' | 'repeat' | 'noData'>;

/**
 * The life of an alert while its target is there: idle -> pending -> firing -> clearing -> idle. The one state machine
 * of live runs, replays and rule tests. A snapshot that can't tell changes nothing, unless the rule's `no-data` says what
 * it is to count as. Once its target is there again, an alert goes on as if nobody had looked while it was away.
 */
export function step(state: AlertState, input: StepInput, rule: Timing): StepResult {
  const met = input.met ?? (rule.noData === 'keep' ? undefined : rule.noData === 'fire');
  const present = state.away === 0 ? state : { ...state, away: 0 };
  if (met === undefined) return remind(present, input, rule);
  return met ? hold(present, input, rule) : fall(present, input, rule);
}

/**
 * A snapshot without the target: what was firing waits for a successor, so that a restart is told as one whenever the
 * snapshots are taken. @returns undefined when there is nothing to wait for, or not any longer.
 */
export function leave(state: AlertState, uptime: number): AlertState | undefined {
  if (state.phase === 'idle' || state.phase === 'pending') return undefined;
  const waiting = state.away > 0 ? state : { ...state, away: uptime };
  return uptime - waiting.away < RESTART ? waiting : undefined;
}

/** Moves the running timers of an alert by a time that nobody saw: the machine slept, so nothing can be said to have held. */
export function skip(state: AlertState, ms: number): AlertState {
  const { phase, since, away } = state;
  if (away > 0) return { ...state, since: since + ms, away: away + ms };
  return phase === 'pending' || phase === 'clearing' ? { ...state, since: since + ms } : state;
}

function hold(state: AlertState, input: StepInput, rule: Timing): StepResult {
  switch (state.phase) {
    case 'idle': {
      const pending: AlertState = { ...IDLE, phase: 'pending', since: input.uptime, begun: input.time };
      return rule.for === 0 ? fire(pending, input) : { state: pending, kind: 'pending' };
    }
    case 'pending':
      return input.uptime - state.since >= rule.for ? fire(state, input) : { state };
    case 'firing':
      return remind(state, input, rule);
    case 'clearing':
      return remind({ ...state, phase: 'firing' }, input, rule);
  }
}

function fall(state: AlertState, input: StepInput, rule: Timing): StepResult {
  if (state.phase === 'idle') return { state };
  if (state.phase === 'pending') return { state: IDLE, kind: 'cancelled' };
  const clearing: AlertState =
    state.phase === 'clearing' ? state : { ...state, phase: 'clearing', since: input.uptime };
  const over = input.uptime - clearing.since >= rule.keep;
  return over ? { state: IDLE, kind: 'resolved' } : { state: clearing };
}

function fire(state: AlertState, { uptime, time }: StepInput): StepResult {
  return { state: { ...state, phase: 'firing', since: uptime, fired: time, toldAt: uptime }, kind: 'fired' };
}

function remind(state: AlertState, { uptime }: StepInput, { repeat }: Timing): StepResult {
  const due = state.phase === 'firing' && repeat > 0 && uptime - state.toldAt >= repeat;
  return due ? { state: { ...state, toldAt: uptime }, kind: 'reminded' } : { state };
}
