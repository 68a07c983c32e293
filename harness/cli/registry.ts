import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Series } from '../model/series.ts';

const models = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'models');

/** The series the tool is named after: what a bare state name belongs to. */
export const DEFAULT_SERIES = 'zpci-io';

/** Every folder below models/ that has a series.ts (series.js once built), by name. */
export async function loadSeries(): Promise<Series[]> {
  const found: Series[] = [];
  for (const name of readdirSync(models).sort((a, b) => (a < b ? -1 : 1))) {
    const path = ['series.js', 'series.ts']
      .map((file) => join(models, name, file))
      .find((file) => existsSync(file));
    if (path === undefined) continue;
    const module = (await import(pathToFileURL(path).href)) as { series: Series };
    found.push(module.series);
  }
  return found;
}
