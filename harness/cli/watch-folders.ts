import { type FSWatcher, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';

/** A folder to watch, and what its files are called where they are told of: `models` for `/x/checkout/models`. */
export interface WatchedFolder {
  readonly path: string;
  readonly name: string;
}

/** Something that tells of changed files until it is closed. */
export interface Watching {
  close(): void;
}

/** A save is several events, and of an editor that writes beside the file and renames several files. */
const SETTLE_MS = 50;
/** Neither what an editor keeps beside a file, nor what no verdict can depend on. */
const COUNTS = /(?:^|\/)[^./~#][^/]*\.(?:ts|js|json)$/;

/**
 * Tells of files below folders that were written, made or removed: those of one save together, once nothing has happened
 * for a moment.
 *
 * Each folder is watched by itself. The recursive watch of Node 20 watches files instead, and hears no more of one that
 * was replaced by renaming another onto it, as most editors do.
 */
export function watchFolders(
  folders: readonly WatchedFolder[],
  onSaved: (paths: readonly string[]) => void,
): Watching {
  const watchers = new Map<string, FSWatcher>();
  const saved = new Set<string>();
  let timer: NodeJS.Timeout | null = null;

  const tell = (name: string): void => {
    saved.add(name);
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => {
      const paths = [...saved].sort((a, b) => (a < b ? -1 : 1));
      saved.clear();
      timer = null;
      onSaved(paths);
    }, SETTLE_MS);
  };

  const forget = (path: string): void => {
    for (const [one, watcher] of watchers) {
      if (one !== path && !one.startsWith(`${path}/`)) continue;
      watcher.close();
      watchers.delete(one);
    }
  };

  /** `isNew`: what is in it by now was made before anybody watched. */
  const follow = ({ path, name }: WatchedFolder, isNew: boolean): void => {
    forget(path);
    try {
      const watcher = watch(path, (event, file) => {
        if (file === null) return;
        const below = { path: join(path, file), name: `${name}/${file}` };
        const wasFolder = watchers.has(below.path);
        if (isFolder(below.path)) {
          // Made, moved here, or made anew: another one than was watched under this name.
          if (event === 'rename' || !wasFolder) follow(below, true);
        } else {
          forget(below.path);
          if (wasFolder || COUNTS.test(below.name)) tell(below.name);
        }
      });
      // The folder was removed: whoever watches the one above hears of it.
      watcher.on('error', () => forget(path));
      watchers.set(path, watcher);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
    for (const item of itemsOf(path)) {
      if (item.isDirectory()) follow({ path: join(path, item.name), name: `${name}/${item.name}` }, isNew);
      else if (isNew && COUNTS.test(item.name)) tell(`${name}/${item.name}`);
    }
  };

  for (const folder of folders) follow(folder, false);
  return {
    close() {
      if (timer !== null) clearTimeout(timer);
      for (const watcher of watchers.values()) watcher.close();
      watchers.clear();
    },
  };
}

const isGone = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');

const isFolder = (path: string): boolean => {
  try {
    readdirSync(path);
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
};

function itemsOf(path: string) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    // Gone again, or replaced by a file: of which the folder above tells.
    if (isGone(error)) return [];
    throw error;
  }
}
