import { entrySchema } from './corpus.ts';
import type { Series } from './model/series.ts';
import type { Schema } from './scenario/schema.ts';

/** The schema of corpus entries of all series, as published in corpus/entry.schema.json. */
export function publishedSchema(series: readonly Series[]): Schema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A zpci-fuzz corpus entry',
    description: 'Made from the vocabularies of the series by `npm run schema`; not edited by hand.',
    oneOf: series.map((one) => {
      const schema = entrySchema(one);
      return {
        ...schema,
        title: one.title,
        properties: { ...(schema.properties as Schema), model: { type: 'string', pattern: `^${one.name}/` } },
      };
    }),
  };
}

export const publishedText = (series: readonly Series[]): string =>
  `${JSON.stringify(publishedSchema(series), null, 2)}\n`;
