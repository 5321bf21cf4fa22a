import type { Slope } from '../../core/trend/slope.ts';

/** What was found of one target, in bytes and seconds. */
export interface Finding {
  readonly rate: Slope;
  /** The middle value: what a relative rate refers to. */
  readonly level: number;
  /** Growth over the points, by the line, and the time that they span in s. */
  readonly grown: number;
  readonly span: number;
  readonly guard?: { readonly name: string; readonly rate: Slope; readonly confirms: boolean };
}
