/** `npm run schema`: writes the published JSON schemas. Tests hold them equal to what the code says. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { publishedReports, publishedReportText } from '../cli/published-reports.ts';
import { loadSeries } from '../cli/registry.ts';
import { publishedText } from '../published-schema.ts';

writeFileSync('corpus/entry.schema.json', publishedText(await loadSeries()));
for (const [path, schema] of publishedReports()) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, publishedReportText(schema));
}
