/**
 * The nouns of psstop. Sizes are bytes, times and durations are milliseconds, unless a name says otherwise.
 * `time` is Unix time, for people; `uptime` counts from boot and goes on in suspend, for arithmetic.
 */

import type { Courses } from './course.ts';
import type { DeliveryTally } from './outbox/standing.ts';
import type { TimeWindow } from './telling/window.ts';
import type { Beside, History } from './trend/history.ts';
import type { Build } from './trend/services.ts';

/** What is known of a process and seldom changes. The same object is handed on from snapshot to snapshot until something in it does change, so it can serve as a cache key. */
export interface ProcessInfo {
  readonly pid: number;
  /** Start time in clock ticks after boot (field 22 of /proc/PID/stat). With the pid it is the identity: pids are reused. */
  readonly start: number;
  /** Start time in ms after boot, to reckon the age on `uptime`. */
  readonly startedAt: number;
  readonly ppid: number;
  /** comm, or the longer name from the command line where comm was cut at 15 bytes. Written by strangers: escape before showing. */
  readonly name: string;
  /** Target of /proc/PID/exe, where it may be read. */
  readonly exe?: string;
  /** Tells one build of the program from another: a hash of the inode, the size and the time of change of its file, where that was looked at. */
  readonly build?: string;
  /** Command line with blanks between the arguments, at most 4 KiB, where it was read. Written by strangers. */
  readonly cmdline?: string;
  readonly uid: number;
  /** User name of `uid`, or the number as text. */
  readonly user: string;
  /** Path in the cgroup hierarchy (v2's, else the systemd or memory one of v1). */
  readonly cgroup: string;
  /** systemd unit that the cgroup belongs to: `nginx.service`. */
  readonly unit?: string;
  /** Container id (64 hex digits, or the runtime's name for it) found in the cgroup. */
  readonly container?: string;
}

/** The memory of one process, all from one read of one file (smaps_rollup). */
export interface ExactReading {
  /** Uptime of the reading, ms. */
  readonly at: number;
  /** Proportional set size. SwapPss is not in it. */
  readonly pss: number;
  readonly swapPss: number;
  readonly rss: number;
  /** Private_Clean + Private_Dirty: what ending the process would give back. Huge pages of hugetlbfs are neither in it nor in RSS. */
  readonly uss: number;
  readonly anon: number;
  readonly file: number;
  readonly shmem: number;
  /** Private_Dirty + Shared_Dirty. */
  readonly dirty: number;
}

/** A figure known to lie between two bounds; exact when they are equal. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/**
 * Why a process that was to be read has no exact reading: it may not be read; reading it hangs; reading it would cost more than
 * is allowed (or only others were asked for); there was no time left in this snapshot; it ended just then.
 */
export type UnreadReason = 'denied' | 'stuck' | 'postponed' | 'late' | 'gone';

/** One process in one snapshot. Without `exact` and `unread` nobody had to know more of it than its bounds. */
export interface ProcessSample {
  readonly process: ProcessInfo;
  /** Resident set size of statm: the upper bound of PSS that costs nothing. */
  readonly rss: number;
  /** The part of `rss` that is files and shared memory (third figure of statm); the rest is anonymous. Absent: not known. */
  readonly shared?: number;
  /** How far statm may lag behind the truth on this kernel, bytes; absent: not at all. */
  readonly lag?: number;
  /** SwapPss is at most this; absent: not known. */
  readonly swap?: number;
  /** CPU time taken since its start (utime and stime of stat), ms; absent: not read. */
  readonly cpu?: number;
  /** Threads (field 20 of stat); absent: not read. */
  readonly threads?: number;
  /** Uptime when these two were looked at, ms: with each reading that a history asks for, and else when the process has changed. Absent: in this snapshot. */
  readonly loadAt?: number;
  /** What was read in this snapshot. */
  readonly exact?: ExactReading;
  /** The last reading, of this or an earlier snapshot: its `at` tells its age. */
  readonly last?: ExactReading;
  /** As far as can be told without reading, `last` is still true: the process has not touched new memory since. */
  readonly still?: boolean;
  readonly unread?: UnreadReason;
  /** The nearest real ceiling of its cgroup: the lowest memory.max or memory.high up the tree; absent where there is none. */
  readonly ceiling?: number;
}

/** Share of time tasks were stalled for want of memory, in percent (averages of /proc/pressure/memory). */
export interface Pressure {
  readonly some10: number;
  readonly some60: number;
  readonly full10: number;
  readonly full60: number;
}

/** The host's memory (/proc/meminfo). */
export interface HostMemory {
  readonly total: number;
  readonly available: number;
  /** AnonPages. AnonPages + Mapped is the sum of PSS over all processes, the unreadable ones included. */
  readonly anon: number;
  /** Mapped. */
  readonly mapped: number;
  readonly swapTotal: number;
  readonly swapFree: number;
  /** AnonPages and Mapped with what the kernel's counters may be off; only where every process of the host can be seen, so that their PSS adds up to it. */
  readonly held?: { readonly anon: Bounds; readonly mapped: Bounds };
  readonly pressure?: Pressure;
}

/** What taking a snapshot cost. */
export interface Cost {
  /** Exact readings made. */
  readonly exact: number;
  /** Wall time from begin to end, ms. */
  readonly wall: number;
  /** Longest single reading, ms. */
  readonly longest: number;
  /** CPU time of daemon and reader, ms. */
  readonly cpu: number;
}

/** The state of a host's processes at one moment. */
export interface Snapshot {
  readonly time: number;
  readonly uptime: number;
  /** Boot id: a new one means that uptimes can't be compared. */
  readonly boot: string;
  readonly host: string;
  readonly memory: HostMemory;
  /** Every process that has memory, the unreadable ones with their bounds; kernel threads and zombies have none. */
  readonly processes: readonly ProcessSample[];
  /** Processes that ended while they were being read. */
  readonly gone: number;
  readonly cost: Cost;
}

/** Anything that yields snapshots: /proc, a recording, a story. Time arrives with the data, so the engine needs no clock. */
export type Source = AsyncIterable<Snapshot>;

/** What a rule can look at. For a group it is the sum over the members; `age` is the oldest member's. The last five belong to the host. */
export type Measure =
  | 'pss'
  | 'swap'
  | 'memory'
  | 'uss'
  | 'anon'
  | 'file'
  | 'shmem'
  | 'dirty'
  | 'rss'
  | 'count'
  | 'age'
  | 'available'
  | 'total'
  | 'unaccounted'
  | 'coverage'
  | 'undecided';

/** How a number is written for people. `ratio` is 0 to 1. */
export type Unit = 'bytes' | 'bytes/s' | 'ratio/s' | 'count' | 'duration' | 'ratio';

/** How processes are put together into targets. */
/** `tree`: a process and all below it, counted as one (the default with `select: { parent: … }`). */
export type GroupBy = 'name' | 'process' | 'tree' | 'unit' | 'container' | 'cgroup' | 'user' | 'exe' | 'host';

export type Severity = 'info' | 'warning' | 'critical';

/** What a condition found. */
export interface Verdict {
  readonly met: boolean;
  readonly value: number;
  readonly limit: number;
  readonly unit: Unit;
  /** `value` is a bound that decides the question, and not a reading. */
  readonly rough?: boolean;
  /** One sentence: what was seen and why it counts. Asked for only when somebody reads it. */
  readonly because: () => string;
}

/** A bounded history of one target that a condition wants kept. One object, made once with the condition: it is the key under which the history is found again. */
export interface SeriesWant {
  /** How far back, ms. */
  readonly window: number;
  /** The figure to keep; undefined when it is not known in this snapshot: then nothing is kept. */
  readonly value: (target: TargetView) => number | undefined;
  /** A second figure kept beside it, to confirm the first (private memory, the group's sum). */
  readonly guard?: (target: TargetView) => number | undefined;
  /** `buckets` (default) keeps each bucket's minimum; `samples` keeps the last N values as they are. */
  readonly keep?: { readonly samples: number } | LevelsKept;
  /** A new reading of each member is wanted this often, ms; absent: the value comes from what was read for other reasons. */
  readonly every?: number;
  /** Bytes that the target must be able to hold before a history is kept of it: with less it can't come to anything. Absent: it always is. */
  readonly least?: number;
}

/** A figure that stands between a condition and its answer: its bounds lie on both sides of `limit`. */
export interface Doubt {
  readonly measure: Measure;
  /** Absent: the figure must be known exactly. */
  readonly limit?: number;
}

/** `value` is kept over minutes and weeks, with what confirms it and the load: `TargetView.history` gives it. */
export interface LevelsKept {
  /** Length of the finest buckets, ms. */
  readonly levels: number;
  /** Fills in what is seen besides the value; NaN where it is not known. */
  readonly beside: (target: TargetView, seen: Beside) => void;
  /** Which build runs, where runs of builds are to be compared: with another one another run begins. Undefined when it is not known. */
  readonly build?: (target: TargetView) => string | undefined;
}

/** A want of a long history. */
export type HistoryWant = SeriesWant & { readonly keep: LevelsKept };

/** The points of a series, oldest first. Read-only views into buffers that are reused: valid until the next snapshot. */
export interface SeriesView {
  readonly length: number;
  /** What a condition has reckoned from the points and need not reckon again: gone as soon as one comes or goes. The newest may have become lower since. */
  note?: unknown;
  /** Uptime of the i-th point, ms. */
  at(index: number): number;
  value(index: number): number;
  guard(index: number): number;
}

/** What a condition sees of one target: a process, or a group of them. */
export interface TargetView {
  /** Unique within the rule. */
  readonly key: string;
  /** For people; not yet escaped. */
  readonly name: string;
  readonly members: readonly ProcessSample[];
  readonly snapshot: Snapshot;
  /** True while the rule's alert for this target is firing: conditions use their `clear` level then. */
  readonly firing: boolean;
  /** The sum over the members, or the host's figure; undefined when it is not known at all. */
  measure(measure: Measure): Bounds | undefined;
  /** The same where it is known exactly; undefined where it is not. */
  known(measure: Measure): number | undefined;
  /** The sum of the last readings, for histories, where no member's is older than `age` ms, unless nothing has changed since; undefined otherwise. */
  recent(measure: Measure, age: number): number | undefined;
  /** The nearest real ceiling over all members, or the host's memory. */
  ceiling(): number;
  series(want: SeriesWant): SeriesView;
  /** What is kept for a want with `levels`. */
  history(want: HistoryWant): History;
  /** Runs of the target's service that have ended, by build; only for a want that tells builds apart. */
  builds(want: HistoryWant): readonly Build[];
}

/**
 * Why a process is to be read, most urgent first. `act`: something is done to it now, whatever the reading costs; `decide`: a
 * rule's outcome depends on it; `follow`: the same, but nothing would be told yet, whatever is read; `series`: a history
 * wants a point; `show`: somebody looks at it.
 */
export type Urgency = 'act' | 'decide' | 'follow' | 'series' | 'show';

/** One process that is to be read exactly in this snapshot. */
export interface Demand {
  readonly sample: ProcessSample;
  readonly urgency: Urgency;
  /** The figure that is asked for, where it is one. */
  readonly measure?: Measure;
  /** For the debug log: not escaped. */
  readonly why: () => string;
}

/** A question that is asked of every target at every snapshot. Pure: the same target gives the same answer. */
export interface Condition {
  /** Histories that must be kept; those of conditions inside this one are among them. */
  readonly wants: readonly SeriesWant[];
  /** Asked of the whole selection, once, even when no process matches it (count, absent). */
  readonly wholeSelection?: boolean;
  /** Undefined: too little has been seen to tell. */
  test(target: TargetView): Verdict | undefined;
  /** What must be known more exactly for `test` to answer now; nothing where no reading would help. Absent: nothing ever. */
  doubts?(target: TargetView): readonly Doubt[];
}

/** Which processes a rule looks at. */
export interface Selector {
  /** Whatever depends on the process alone: the answer is kept as long as `process` is the same object. */
  matches(process: ProcessInfo, parents: ParentLookup): boolean;
  /** True when the answer depends on other processes (`parent`): it is asked anew at every snapshot then. */
  readonly changing: boolean;
  /** The top of the tree that the process belongs to, with `parent`. */
  root?(process: ProcessInfo, parents: ParentLookup): ProcessInfo | undefined;
  /** Bounds of the age in ms, asked anew at every snapshot. */
  readonly age?: { readonly above?: number; readonly below?: number };
  /** For people: what was selected, as written. */
  readonly text: string;
}

/** Finds the process with a pid in the snapshot at hand, to follow a tree upwards. */
export type ParentLookup = (pid: number) => ProcessInfo | undefined;

/** A rule, ready to be judged. */
export interface Rule {
  readonly name: string;
  /** Identity over reloads: name, selection, grouping and condition. While it stands, alerts and histories live on. */
  readonly key: string;
  readonly summary?: string;
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>>;
  readonly select: Selector;
  readonly by: GroupBy;
  readonly when: Condition;
  /** Must hold this long before it fires, ms. */
  readonly for: number;
  /** Must be clear this long before it resolves, ms. */
  readonly keep: number;
  /** Remind this often while firing, ms; 0 is never. */
  readonly repeat: number;
  readonly noData: 'keep' | 'clear' | 'fire';
  /** `dry-run`: judged and shown, actions only said. `shadow`: judged and counted, nothing told. */
  readonly mode: 'active' | 'shadow' | 'dry-run';
  readonly message: MessageTemplate;
  /** What `then` says, in its order, and then what `escalate` says. */
  readonly steps: readonly Step[];
  /** Told, and acted upon, only within one of these; absent: always. */
  readonly during?: readonly TimeWindow[];
  /** Never within one of these. */
  readonly except?: readonly TimeWindow[];
  /** Names of rules: while one of them fires for the same target, unit or host, this one is held. */
  readonly inhibitedBy?: readonly string[];
  readonly group?: Grouping;
  /** More targets than this that fire at once are told as one, and not acted upon. */
  readonly storm?: number;
}

/** What is told together. */
export interface Grouping {
  /** `rule`, `unit`, `host`, or the name of a label: alerts that have these in common. */
  readonly by: readonly string[];
  /** How long the first of a group waits for company, ms. */
  readonly wait: number;
  /** From one message about a group to the next, ms. */
  readonly interval: number;
}

/** Fills in a message for an event. */
export type MessageTemplate = (event: Omit<AlertEvent, 'message'>) => string;

/** Who or what is handed an event, and who takes over when that can't be done. */
export interface Recipient {
  /** Name under `actions:`, or the plugin's name where the action stands in the rule itself. */
  readonly name: string;
  readonly action: Action;
  /** Gets what the action failed to do for good, and what it could not do for too long. */
  readonly fallback?: Recipient;
}

/** One entry of `then`: an action and when it is due. */
export interface Step extends Recipient {
  /** Whose runs `atMost` counts: those of a named action over all rules, those of any other over its rule. */
  readonly countedAs: string;
  readonly on: readonly AlertKind[];
  /** Only when it has been firing this long, ms; for an escalation, this long after it was first told. */
  readonly after: number;
  /** A louder step (`escalate`): not taken once somebody has acknowledged the alert. */
  readonly escalation?: true;
  /** At most `times` runs in each `per` ms, over all targets of the action; absent: no limit. */
  readonly atMost?: { readonly times: number; readonly per: number };
}

/** `cancelled`: it was pending and never fired. */
export type AlertKind = 'pending' | 'cancelled' | 'fired' | 'reminded' | 'resolved';

/** Why an alert ended. `cleared`: the condition no longer holds; `exited`: the target is gone, and for 10 s no other has come; `restarted`: another process has its place; `unreadable`: it can't be read any more, and the rule takes that as clear. */
export type ResolveReason = 'cleared' | 'exited' | 'restarted' | 'rule removed' | 'unreadable';

/** Where an alert stands. */
export interface AlertState {
  readonly phase: 'idle' | 'pending' | 'firing' | 'clearing';
  /** Uptime at which this phase began. */
  readonly since: number;
  /** Unix ms at which the condition began to hold: it names the alert. 0 when idle. */
  readonly begun: number;
  /** Unix ms at which it fired; 0 before. */
  readonly fired: number;
  /** Uptime at which somebody was last told. */
  readonly toldAt: number;
  /** Uptime of the first snapshot without the target, while it is away and may come back; 0 while it is there. */
  readonly away: number;
  /** Names the alert for good, whatever becomes of host name and boot meanwhile; empty when idle. */
  readonly id: string;
  /** Whoever started after this, ms after boot, came after the alert was last told. */
  readonly seen: number;
}

/** A process as it stands in an event. */
export interface EventProcess {
  readonly pid: number;
  readonly start: number;
  readonly name: string;
  /** As it was read last. */
  readonly pss?: number;
  /** How old that reading is, ms; absent: it was made for this event. */
  readonly age?: number;
}

/** What an event is about. */
export interface EventTarget {
  readonly key: string;
  readonly by: GroupBy;
  readonly name: string;
  readonly unit?: string;
  readonly container?: string;
  readonly user?: string;
  readonly exe?: string;
  /** How many processes it has; `processes` holds the biggest few. */
  readonly count: number;
  readonly processes: readonly EventProcess[];
}

/** Something happened to an alert. Plain data: it can be written as JSON and read back. */
export interface AlertEvent {
  readonly type: 'alert';
  /** The same for all events of one alert, from pending to resolved. */
  readonly alert: string;
  /** Unique and stable: a receiver may drop what it has seen. */
  readonly id: string;
  readonly kind: AlertKind;
  readonly reason?: ResolveReason;
  readonly rule: string;
  readonly summary?: string;
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>>;
  readonly mode: Rule['mode'];
  readonly host: string;
  readonly target: EventTarget;
  readonly value: number;
  /** `value` is only a bound that decided: reading the processes was not allowed, or not possible. */
  readonly rough?: boolean;
  readonly limit: number;
  readonly unit: Unit;
  readonly because: string;
  readonly message: string;
  /** Unix ms of the event, and of the moment it fired (of becoming pending, before it fires). */
  readonly time: number;
  readonly since: number;
  readonly uptime: number;
  /** What is told together: this event speaks for all of them, and `alert` names their bundle. Absent: it speaks for itself. */
  readonly bundle?: Bundle;
}

/** Events of several alerts that are told in one message. */
export interface Bundle {
  /** The worst first; at most 50. */
  readonly alerts: readonly AlertEvent[];
  /** How many there are. */
  readonly count: number;
  /** How many of them are firing. */
  readonly firing: number;
  /** One rule fired for very many targets at once. */
  readonly storm?: true;
}

/** Something happened to psstop itself. */
export interface Notice {
  readonly type: 'notice';
  readonly kind:
    | 'started'
    | 'rules-loaded'
    | 'rules-rejected'
    | 'rules-warning'
    | 'rules-watch'
    | 'rule-failed'
    | 'coverage'
    | 'reader'
    | 'delivery-retried'
    | 'receiver'
    | 'outbox'
    | 'handed-over'
    | 'taken-up'
    | 'sink-failed'
    | 'silence'
    | 'control'
    | 'overrun'
    | 'state'
    | 'stopped';
  readonly severity: Severity;
  readonly time: number;
  readonly message: string;
  readonly details?: unknown;
}

export type Event = AlertEvent | Notice;

/** A target whose rule can't be answered, because what it depends on was not read: reading it was not allowed, or not possible. */
export interface Undecided {
  readonly rule: string;
  readonly severity: Severity;
  /** For people; not yet escaped. */
  readonly target: string;
  /** Uptime of the first snapshot without an answer, ms. */
  readonly since: number;
  /** The figures in question. */
  readonly open: readonly OpenFigure[];
}

/** A figure that is known by its bounds alone, in `unit`. */
export interface OpenFigure {
  readonly measure: Measure;
  readonly unit: Unit;
  readonly atLeast: number;
  /** Absent: nothing is known of it. */
  readonly atMost?: number;
  /** What it is compared with; absent: it must be known exactly. */
  readonly limit?: number;
}

/** What became of handing one event to one action. */
export interface Delivery {
  readonly type: 'delivery';
  readonly event: string;
  readonly action: string;
  readonly rule: string;
  readonly target: string;
  readonly kind: AlertKind;
  readonly attempts: number;
  /** It acts on the target: `restart`, `signal`. Absent where it tells somebody. */
  readonly acts?: boolean;
  /** `skipped`: a limit or a dry run, see `reason`; `failed`: given up. */
  readonly outcome: 'done' | 'skipped' | 'failed';
  /** What the receiver answered, or why it was skipped or failed. */
  readonly reason: string;
  readonly time: number;
  /** Wall time of all attempts, ms. */
  readonly took: number;
}

/** Does one thing about an event. Throws `Retry` to be called again, `Skip` when there is nothing to do; anything else it throws is final. */
export interface Action {
  /** @returns one line of what was done, for the record. */
  run(event: AlertEvent, signal: AbortSignal): Promise<string>;
  /** How long one attempt may take, ms. */
  readonly timeout: number;
  /** Acts on a target rather than telling somebody: never runs twice at once for one target. */
  readonly exclusive?: boolean;
  /** Not repeated when no answer came in time: it may have been done. */
  readonly once?: boolean;
  /** Tells several alerts in one message (`event.bundle`). Absent: it is handed each of them on its own, unless there is a storm. */
  readonly gathers?: boolean;
  /** What it acts on, where that is not the event's own target: two actions on one place never run at once. */
  readonly place?: string;
  /** What an act is counted for; absent: the event's own `lineageOf`. */
  lineage?(event: AlertEvent): string;
  /** Told that a limit stops it for good: whoever is to do it by hand is told. @returns what was done. */
  handOver?(event: AlertEvent, why: string, signal: AbortSignal): Promise<string>;
  /** Set where it acts on the target's own processes, of which a rule `by: host` has none: what to write instead. */
  readonly insteadByHost?: string;
  /** Hears of an alert that was told it before psstop was started anew, and that is not over: it may have to go on about it. */
  resume?(event: AlertEvent): void;
  /** Opens its file again (SIGUSR1). */
  reopen?(): void;
  close?(): void | Promise<void>;
}

/** Receives what flows through psstop. It changes nothing; what it throws is reported and stops nobody else. */
export interface Sink {
  snapshot?(snapshot: Snapshot): void;
  event?(event: Event): void;
  delivery?(delivery: Delivery): void;
  /** Opens its file again (SIGUSR1). */
  reopen?(): void;
  close?(): void | Promise<void>;
}

/** A JSON Schema (2020-12) as data. */
export type JsonSchema = { readonly [key: string]: unknown };

/** What every file in conditions/, actions/ and sinks/ exports by default. The file's name is the plugin's name. */
export interface Plugin<T, C> {
  /** One line for help and schema. */
  readonly summary: string;
  /** Options as a user would write them; validated and created by the contract test. */
  readonly example: unknown;
  /** Schema of the options. May refer to `#/$defs/NAME` of config/definitions. */
  readonly schema: JsonSchema;
  /** Heavy libraries are imported in here, so that nobody pays for what no rule uses. Throws `OptionError` when the options make no sense. */
  create(options: never, context: C): T | Promise<T>;
}

/** What a condition may ask for while it is made. */
export interface ConditionContext {
  /** From one snapshot to the next, ms; 0 where that is not known. */
  readonly interval: number;
  /** Says what is doubtful, but not wrong, about the options: the loader adds file, line and column. */
  warn(path: readonly (string | number)[], message: string): void;
  /** Makes a condition that stands inside this one; `path` leads to it from this one's options. */
  condition(data: unknown, path: readonly (string | number)[]): Promise<Condition>;
}

/** What an action may ask for while it is made. */
export interface ActionContext {
  readonly host: string;
  readonly version: string;
  /** Root of the proc file system. */
  readonly proc: string;
  /** True when every event already goes to standard output, as lines or as a view: a log to stdout would say it twice. */
  readonly console: boolean;
  /** False while rules are only checked: nothing may be opened, connected or started then. */
  readonly live: boolean;
  /** Absent where nothing is watched. */
  readonly ward?: Ward;
  /** What was done before, by whichever rule; absent where nothing is kept. */
  readonly courses?: Courses;
  /** Makes an action that is a part of this one, which opens and closes it with itself; `path` leads to it from this one's options. Absent for a part. */
  part?(data: unknown, path: readonly (string | number)[]): Promise<Part>;
}

/** What lets an action see what it brought about. */
export interface Ward {
  /** The last snapshot; undefined before the first. */
  last(): Snapshot | undefined;
  /** Waits for the next one. @throws what the signal is aborted with. */
  next(signal: AbortSignal): Promise<Snapshot>;
  /** Reads what processes hold now, PSS and SwapPss together, in bytes. @returns undefined where none can be read. */
  weigh(members: readonly ProcessSample[]): Promise<number | undefined>;
}

/** An action that another one runs on its way, under the name that the user gave it. */
export interface Part {
  readonly name: string;
  readonly action: Action;
}

/** What a sink may ask for while it is made. */
export interface SinkContext {
  readonly host: string;
  readonly version: string;
  readonly live: boolean;
  /** What the rules could not decide in the last snapshot; absent where nothing is judged. */
  readonly undecided?: () => readonly Undecided[];
  /** How deliveries stand; absent where nothing is delivered. */
  readonly deliveries?: () => DeliveryTally;
  /** Reports trouble that is not an exception: a peer that is away, data dropped. */
  notice(notice: Pick<Notice, 'kind' | 'severity' | 'message'>): void;
}

export type ConditionPlugin = Plugin<Condition, ConditionContext> & {
  /** It runs code of the user's: whoever may write a rule with it can do what psstop can do. */
  readonly acts?: true;
};
export type ActionPlugin = Plugin<Action, ActionContext> & {
  /** Kinds of events it is run for when the rule does not say. */
  readonly on: readonly AlertKind[];
  /** It runs, ends or restarts something: whoever may write a rule with it can do what psstop can do. */
  readonly acts?: true;
};
export type SinkPlugin = Plugin<Sink, SinkContext>;
