import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Series } from '../model/series.ts';

const models = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'models');

/** The series the tool is named after: what a bare state name belongs to. */
export const DEFAULT_SERIES = 'zpci-io';

/** Where the series are: every folder below models/ that has a series.ts (series.js once built), by name. */
export function seriesModules(): string[] {
  return readdirSync(models)
    .sort((a, b) => (a < b ? -1 : 1))
    .flatMap((name) => {
      const path = ['series.js', 'series.ts']
        .map((file) => join(models, name, file))
        .find((file) => existsSync(file));
      return path === undefined ? [] : [pathToFileURL(path).href];
    });
}

/** Address of the folder that the code of a series is in, with a slash at its end. */
export const folderOf = (name: string): string => `${pathToFileURL(join(models, name)).href}/`;

/** The series of some modules; of all there are unless told otherwise. */
export async function loadSeries(modules: readonly string[] = seriesModules()): Promise<Series[]> {
  const found: Series[] = [];
  for (const module of modules) found.push(((await import(module)) as { series: Series }).series);
  return found;
}
