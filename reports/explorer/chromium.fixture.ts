import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Path of a Chromium to test in; null where this machine has none.
 *
 * @throws if the environment names one that is not there: a test that was asked for must not pass over.
 */
export function findChromium(env: { readonly [name: string]: string | undefined }): string | null {
  const named = env.CHROMIUM;
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named;
    throw new Error(`CHROMIUM is ${named}, which does not exist`);
  }
  const inPath = (env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'chromium'));
  return ['/usr/bin/chromium', '/usr/bin/google-chrome', ...inPath].find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
