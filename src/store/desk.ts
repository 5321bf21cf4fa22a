import type { SavedDesk } from '../core/telling/saved.ts';
import type { Database } from './database.ts';
import { keepNote, note } from './state.ts';

const NAME = 'desk';

/** Silences, acknowledgements and what is still to be told, as they were kept last. */
export function keptDesk(database: Database): SavedDesk | undefined {
  return note<SavedDesk | null>(database, NAME) ?? undefined;
}

/** Keeps them: with the snapshot that changed them, where one is being kept. */
export function keepDesk(database: Database, desk: SavedDesk | undefined): void {
  keepNote(database, NAME, desk ?? null);
}
