/** `npm run schema`: writes corpus/entry.schema.json. A test holds it equal to what the code says. */
import { writeFileSync } from 'node:fs';
import { loadSeries } from '../cli/registry.ts';
import { publishedText } from '../published-schema.ts';

writeFileSync('corpus/entry.schema.json', publishedText(await loadSeries()));
