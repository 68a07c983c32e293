import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The corpus that comes with the tool, for commands that others start in folders of their own. */
export function ownCorpus(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  // Built, this file is one folder further down.
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, 'corpus');
}
