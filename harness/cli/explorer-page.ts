import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ExplorerData } from '../../reports/explorer/data.ts';
import { UsageError } from './exit.ts';

/** From dist/harness/cli and from harness/cli alike. */
const PLACES = ['../../explorer/index.html', '../../dist/explorer/index.html'];
const DATA = /(<script id="data" type="application\/json">)[^<]*(<\/script>)/;

/**
 * The explorer with its data in it: one file that opens from a disk.
 *
 * @throws {@link UsageError} in a checkout that was not built.
 */
export function explorerPage(data: ExplorerData): string {
  const template = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((path) =>
    existsSync(path),
  );
  if (template === undefined) {
    throw new UsageError('the explorer is not built: run `npm run build` once, which makes dist/explorer/.');
  }
  // A function: `$&` in a scenario is text.
  return readFileSync(template, 'utf8').replace(DATA, (_, open, close) => `${open}${inScript(data)}${close}`);
}

/** JSON that no HTML parser takes for the end of its script, nor any viewer for a line of its own. */
const inScript = (data: ExplorerData): string =>
  JSON.stringify(data).replace(
    /[<\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
