import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { loadSeries } from './cli/registry.ts';
import { entryPaths } from './corpus.ts';
import { publishedSchema, publishedText } from './published-schema.ts';

const series = await loadSeries();

test('the published schema is what the code says (else: npm run schema)', () => {
  expect(readFileSync('corpus/entry.schema.json', 'utf8')).toBe(publishedText(series));
});

test('every entry of the corpus is valid against the published schema', () => {
  const check = new Ajv({ discriminator: true, strict: false }).compile(publishedSchema(series));
  const paths = entryPaths('corpus');
  expect(paths.length).toBeGreaterThan(0);
  for (const path of paths) {
    expect(check(JSON.parse(readFileSync(path, 'utf8'))), `${path}: ${JSON.stringify(check.errors)}`).toBe(
      true,
    );
  }
});
