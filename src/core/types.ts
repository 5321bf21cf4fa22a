/**
 * The nouns of psstop, each group in a file of types/. Sizes are bytes, times and durations are milliseconds, unless a
 * name says otherwise. `time` is Unix time, for people; `uptime` counts from boot and goes on in suspend, for arithmetic.
 */

export type * from './types/action.ts';
export type * from './types/alert.ts';
export type * from './types/condition.ts';
export type * from './types/demand.ts';
export type * from './types/measure.ts';
export type * from './types/notice.ts';
export type * from './types/plugin.ts';
export type * from './types/process.ts';
export type * from './types/rule.ts';
export type * from './types/sink.ts';
export type * from './types/snapshot.ts';
