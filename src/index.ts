/**
 * psstop as a library: what its own commands are wired together from.
 *
 * A source yields snapshots; `advance`, a pure function, judges each by rules; `run` does that for ever, hands what
 * happens to a bus of sinks and to a dispatcher, which carries it to the actions. Sizes are bytes, durations ms.
 */

export { compileListeners, compileRules, compileSinks } from './config/compile.ts';
export type { LoadedData } from './config/data.ts';
export { type LoadOptions, loadConfig } from './config/load.ts';
export { compileSettings, type Settings } from './config/settings.ts';
export { advance } from './core/advance.ts';
export { type Coverage, coverage } from './core/coverage.ts';
export { formatProblem, OptionError, type Problem, Retry, RulesError, Skip } from './core/errors.ts';
export { escapeControls, jsonLine } from './core/escape.ts';
export { type ListBy, type Listing, type ListOptions, type ListRow, type ListSort, list } from './core/list.ts';
export { formatList } from './core/list-text.ts';
export type { Listener } from './core/listener.ts';
export { alertsOf, emptyMemory, type Memory } from './core/memory.ts';
export type * from './core/script.ts';
export { type Holdings, holdingsOf } from './core/totals.ts';
export { type Comparison, compareBuilds, compareFigures, type Run } from './core/trend/generations.ts';
export { runOf } from './core/trend/run-record.ts';
export type * from './core/types.ts';
export { undecidedOf } from './core/undecided.ts';
export { formatDuration, formatSize, formatValue, parseDuration, parseSize } from './core/units.ts';
export { type Bus, createBus } from './engine/bus.ts';
export { Dispatcher } from './engine/dispatch.ts';
export { type ListeningOptions, listening } from './engine/listening.ts';
export type { DispatchOptions } from './engine/options.ts';
export { type RunOptions, run } from './engine/run.ts';
export type { ProcNotice, ProcOptions } from './sources/proc/options.ts';
export { type ProcSource, procSource } from './sources/proc/source.ts';
export { type ReadOptions, RecordingError, readRecording } from './sources/recording/read.ts';
