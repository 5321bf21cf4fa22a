import { messageOf } from '../../core/errors.ts';
import type { Sink } from '../../core/types.ts';
import type { HistoryFile } from './file.ts';
import { HistoryKeeper, type HistoryOptions } from './keeper.ts';

/** A sink that keeps a history. */
export interface HistorySink extends Sink {
  /** Writes what waits to be written: whoever reads finds it. */
  flush(): void;
}

/** Keeps a history of whatever flows by. @returns a sink; closing it closes the file. */
export function historySink(file: HistoryFile, options: HistoryOptions): HistorySink {
  const keeper = new HistoryKeeper(file, options);
  let due: NodeJS.Immediate | undefined;
  return {
    snapshot(snapshot) {
      keeper.take(snapshot);
      // The snapshot is judged first.
      due ??= setImmediate(() => {
        due = undefined;
        try {
          keeper.work();
        } catch (error) {
          // A fault in here must end no watchdog.
          keeper.giveUp(messageOf(error));
        }
      });
    },
    flush: () => keeper.flush(),
    event: (event) => keeper.note(event),
    delivery: (delivery) => keeper.note(delivery),
    close() {
      clearImmediate(due);
      keeper.close();
    },
  };
}
