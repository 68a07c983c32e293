import type { Schema } from '../scenario/schema.ts';
import { gateReportSchema } from './gate-report-schema.ts';
import { runReportSchema } from './run-report-schema.ts';

/** The schemas of reports by the files that they are published in. */
export const publishedReports = (): ReadonlyMap<string, Schema> =>
  new Map([
    [
      'reports/schema/run.schema.json',
      published('run --json` and `zpci-fuzz merge --json', runReportSchema()),
    ],
    ['reports/schema/gate.schema.json', published('gate --json', gateReportSchema())],
  ]);

const published = (command: string, schema: Schema): Schema => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: `What \`zpci-fuzz ${command}\` prints`,
  description:
    'Written by `npm run schema`; not edited by hand. Scenarios are described in corpus/entry.schema.json. It is strict: a report of another version of the tool may have other fields.',
  ...schema,
});

export const publishedReportText = (schema: Schema): string => `${JSON.stringify(schema, null, 2)}\n`;
