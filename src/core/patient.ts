import type { EventTarget, ProcessSample, Snapshot } from './types.ts';

/** What stands for a target over restarts, when none of its processes is the same any more. */
export interface Patient {
  /** Names of its processes: whoever has one of them, in the same unit and container, is one of it. */
  readonly names: ReadonlySet<string>;
  readonly unit?: string;
  readonly container?: string;
}

/** Reads from an event who is to be watched when something was done to its target. */
export function patientOf({ unit, container, processes }: EventTarget): Patient {
  return {
    names: new Set(processes.map(({ name }) => name)),
    ...(unit !== undefined && { unit }),
    ...(container !== undefined && { container }),
  };
}

/** Who of it is there in a snapshot. */
export function membersOf({ names, unit, container }: Patient, { processes }: Snapshot): ProcessSample[] {
  return processes.filter(
    ({ process }) => names.has(process.name) && process.unit === unit && process.container === container,
  );
}

/** Names one process for certain: its pid may be another's later. */
export function identityOf({ process: { pid, start } }: ProcessSample): string {
  return `${pid}/${start}`;
}
