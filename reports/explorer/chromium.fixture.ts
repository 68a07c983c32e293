import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Path of a Chromium to test in.
 *
 * @throws where there is none, or the environment names one that is not there.
 */
export function findChromium(env: { readonly [name: string]: string | undefined }): string {
  const named = env.CHROMIUM;
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named;
    throw new Error(`CHROMIUM is ${named}, which does not exist`);
  }
  const inPath = (env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'chromium'));
  const found = ['/usr/bin/chromium', '/usr/bin/google-chrome', ...inPath].find(isExecutable);
  if (found === undefined)
    throw new Error('there is no Chromium here: install one, or name it with CHROMIUM');
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
