import { advance } from '../core/advance.ts';
import { messageOf } from '../core/errors.ts';
import { endsWithRule } from '../core/event.ts';
import { emptyMemory, type Memory } from '../core/memory.ts';
import type { AlertEvent, Rule, Snapshot, Source } from '../core/types.ts';
import type { Bus } from './bus.ts';

/** What the loop is given. */
export interface RunOptions {
  readonly source: Source;
  /** The rules in force; asked at every snapshot, so that a reload takes effect between two. */
  rules(): readonly Rule[];
  readonly bus: Bus;
  /** Done before a snapshot is judged, where there is something to be done. */
  prepare?(snapshot: Snapshot): Promise<void> | undefined;
  /** Carries an event to the actions of its rule. */
  dispatch(event: AlertEvent, rule: Rule): void;
  /** Adds what is known of an alert besides what was judged. */
  fill?(event: AlertEvent): AlertEvent;
  /** What was done about an alert, for the end of what is told of it later. */
  done?(event: AlertEvent): string | undefined;
  /** Called when all that a snapshot had to tell was dispatched: what is kept of it is kept after that. */
  settle?(snapshot: Snapshot): void;
  readonly memory?: Memory;
  /** Keeps what was judged and what is written down while the events are handed on, as one; absent: nothing outlives the program. */
  keep?(memory: Memory, work: () => void): void;
  /** Called when a snapshot has been dealt with: the moment to say that the watchdog is alive. */
  finished?(snapshot: Snapshot): void;
}

/** The loop: each snapshot goes to the sinks, is judged, and what happened goes to the sinks and the actions. Ends with the source. */
export async function run(options: RunOptions): Promise<void> {
  const memory = options.memory ?? emptyMemory();
  const reported = new Set<Rule>();
  for await (const snapshot of options.source) {
    options.bus.snapshot(snapshot);
    await options.prepare?.(snapshot);
    const events = advance(memory, options.rules(), snapshot);
    const handOn = (): void => {
      dispatchAll(events, memory, options);
      options.settle?.(snapshot);
    };
    // Nobody hears of an alert that a crash could make forgotten.
    if (options.keep) options.bus.hold(() => options.keep?.(memory, handOn));
    else handOn();
    reportFaults(memory, reported, options.bus);
    options.finished?.(snapshot);
  }
}

function dispatchAll(events: readonly AlertEvent[], memory: Memory, options: RunOptions): void {
  for (const judged of events) {
    // What ends with a rule that was taken away, or changed, is told by the actions which that rule had.
    const rules = endsWithRule(judged) ? memory.replaced : memory.rules;
    const rule = rules.find(({ name }) => name === judged.rule);
    const event = completed(judged, rule, options);
    options.bus.event(event);
    if (rule) options.dispatch(event, rule);
  }
}

/** The message may speak of what is added. */
function completed(event: AlertEvent, rule: Rule | undefined, { fill, done }: RunOptions): AlertEvent {
  const full = fill?.(event) ?? event;
  const isLater = event.kind === 'reminded' || event.kind === 'resolved';
  const outcome = isLater ? done?.(event) : undefined;
  if ((full === event && outcome === undefined) || rule === undefined) return event;
  const message = rule.message(full);
  return { ...full, message: outcome === undefined ? message : `${message}. ${outcome}` };
}

/** A condition that throws is a bug, one with a fault is an expression that divides by zero: said once for each rule, and it stops no other. */
function reportFaults(memory: Memory, reported: Set<Rule>, bus: Bus): void {
  for (const { rule, fault } of memory.byRule.values()) {
    if (fault === undefined || reported.has(rule)) continue;
    reported.add(rule);
    const message = `rule ${rule.name} can't be judged: ${messageOf(fault)}`;
    bus.notice({ kind: 'rule-failed', severity: 'critical', message });
  }
}
