import type { AlertEvent } from '../../core/types.ts';

/** What a script's thread is started with. */
export interface Task {
  readonly url: string;
  readonly event: AlertEvent;
  readonly options: unknown;
}

/** How a script ended; said once. */
export type Ending =
  | { readonly outcome: 'done'; readonly said: string }
  | { readonly outcome: 'retry'; readonly said: string; readonly after: number | undefined }
  | { readonly outcome: 'skip' | 'failed'; readonly said: string };
