import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ExplorerData } from '../../reports/explorer/data.ts';

const BUILT = new URL('../../explorer/index.html', import.meta.url);
const CONFIG = new URL('../../reports/explorer/vite.config.ts', import.meta.url);
const DATA = /(<script id="data" type="application\/json">)[^<]*(<\/script>)/;

/** The page without data; sources do not change under a running process. */
let template: Promise<string> | null = null;

/** The explorer with its data in it: one file that opens from a disk. */
export async function explorerPage(data: ExplorerData): Promise<string> {
  template ??= isBuilt() ? Promise.resolve(readFileSync(BUILT, 'utf8')) : builtNow();
  const page = await template;
  // A function: `$&` in a scenario is text.
  return page.replace(DATA, (_, open, close) => `${open}${inScript(data)}${close}`);
}

/** Whether this runs from dist/, which has the page that goes with it. */
const isBuilt = (): boolean => import.meta.url.endsWith('.js');

/** From sources that are newer than dist/: the page has the models in it, and must not have yesterday's. */
async function builtNow(): Promise<string> {
  const { build } = await import('vite');
  const result = await build({ configFile: fileURLToPath(CONFIG), build: { write: false } });
  const outputs = (Array.isArray(result) ? result : [result]).flatMap((one) =>
    'output' in one ? one.output : [],
  );
  const page = outputs.find(({ fileName }) => fileName === 'index.html');
  if (page?.type !== 'asset') throw new Error('vite made no index.html');
  return String(page.source);
}

/** JSON that no HTML parser takes for the end of its script, nor any viewer for a line of its own. */
const inScript = (data: ExplorerData): string =>
  JSON.stringify(data).replace(
    /[<\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
