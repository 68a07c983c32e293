/** `npm run screenshots`: writes docs/screenshots from what the commands print. A test holds them equal to it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SCREENSHOTS } from './screenshots.ts';

const FOLDER = join('docs', 'screenshots');

mkdirSync(FOLDER, { recursive: true });
for (const { name, svg } of SCREENSHOTS) writeFileSync(join(FOLDER, `${name}.svg`), await svg());
