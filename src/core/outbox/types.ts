import type { AlertEvent, AlertKind } from '../types.ts';

/** One notification on its way to one receiver. Plain data: it outlives the program that wrote it. */
export interface OutboxEntry {
  /** Grows: of two entries for one target and receiver the lower one goes first. */
  readonly id: number;
  /** Id of the event. */
  readonly event: string;
  readonly alert: string;
  readonly kind: AlertKind;
  readonly rule: string;
  /** Name of the step in that rule. */
  readonly step: string;
  /** Who is told: the step's own action, or the one that it falls back to. */
  readonly receiver: string;
  /** Unix ms at which it was written. */
  readonly since: number;
  /** Unix ms before which it is not tried. */
  readonly due: number;
  /** Attempts that have failed. */
  readonly attempts: number;
  /** An attempt that must not be made twice has begun. */
  readonly begun: boolean;
}

/** Who was told that an alert fired, and so has to hear of its end. */
export interface Told {
  readonly alert: string;
  readonly rule: string;
  readonly step: string;
  /** The step's own action, or the one that took its place for this alert. */
  readonly receiver: string;
  /** Unix ms. */
  readonly since: number;
  /** What it was told, where its action has to go on about it (`resume`). */
  readonly event?: AlertEvent;
}

/** What an outbox held when the program before this one ended. */
export interface SavedOutbox {
  /** In the order of their ids. */
  readonly entries: readonly { readonly entry: OutboxEntry; readonly event: AlertEvent }[];
  readonly told: readonly Told[];
}

/** Where an outbox outlives the program. Whatever it throws is told, and costs nobody a message while the program runs. */
export interface OutboxStore {
  load(): SavedOutbox;
  /** Writes an entry, or what has changed of it. */
  put(entry: OutboxEntry, event: AlertEvent): void;
  remove(id: number): void;
  tell(told: Told): void;
  forget(told: Told): void;
  /** Makes all changes that `work` makes one change. */
  together(work: () => void): void;
}
