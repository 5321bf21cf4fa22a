import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { FSWatcher } from 'chokidar';
import { messageOf } from '../core/errors.ts';

/** Tells early that something may have changed. It may be deaf: whoever uses it must look for himself now and then. */
export interface Hint {
  /** Begins anew if other folders are to be watched, or one was replaced: the old watch goes on looking at the old folder. */
  follow(paths: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** Watches the folders of paths with one watcher at a time: two on one path make each other deaf. */
export function watchFolders(told: { onHint(): void; onTrouble(message: string): void }): Hint {
  let watcher: FSWatcher | undefined;
  let watched = '';
  const close = async (): Promise<void> => {
    await watcher?.close();
    watcher = undefined;
  };
  return {
    async follow(paths) {
      const folders = [...new Set(paths.map(folderOf))];
      const identity = folders.map(identify).join('\n');
      if (identity === watched) return;
      watched = identity;
      await close();
      const { watch } = await import('chokidar');
      watcher = watch(folders, { depth: 0, ignoreInitial: true, ignored: isOther });
      watcher.on('raw', told.onHint).on('all', told.onHint);
      watcher.on('error', (error) => told.onTrouble(messageOf(error)));
    },
    close,
  };
}

/** A file is watched by its folder: editors and ConfigMaps put another file into its place. */
function folderOf(path: string): string {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ? path : dirname(path);
}

function identify(folder: string): string {
  const stat = statSync(folder, { throwIfNoEntry: false });
  return `${folder} ${stat?.dev} ${stat?.ino}`;
}

/** The folder may be a big one, like /etc; its own events tell of everything that matters. */
function isOther(path: string, stats?: { isFile(): boolean }): boolean {
  return stats?.isFile() === true && !/\.ya?ml$/.test(path);
}
