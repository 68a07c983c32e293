/**
 * The part of SARIF 2.1.0 that is written here, as the standard's schema has it, but strict: what it would let pass as a
 * property that nobody uses is an error. (Held against the schema of the standard, sarif-2.1.0-rtm.5, once by hand.)
 */
import { Ajv } from 'ajv';

type Schema = { readonly [keyword: string]: unknown };

const text: Schema = { type: 'string', minLength: 1 };
const index: Schema = { type: 'integer', minimum: 0 };
const level: Schema = { enum: ['none', 'note', 'warning', 'error'] };
const list = (items: Schema, minItems = 0): Schema => ({ type: 'array', items, minItems });
const exactly = (
  required: { readonly [name: string]: Schema },
  optional: { readonly [name: string]: Schema } = {},
): Schema => ({
  type: 'object',
  required: Object.keys(required),
  additionalProperties: false,
  properties: { ...required, ...optional },
});

const message = exactly({ text });
/** GitHub cuts off what is longer. */
const description = exactly({ text: { ...text, maxLength: 1_024 } });
const bag: Schema = { type: 'object' };

const location = exactly(
  {
    physicalLocation: exactly({
      artifactLocation: exactly({ uri: { ...text, format: 'relative' }, uriBaseId: { const: '%SRCROOT%' } }),
      region: exactly({ startLine: { type: 'integer', minimum: 1 } }),
    }),
  },
  { message, logicalLocations: { ...list(exactly({ name: text, kind: text }), 1), uniqueItems: true } },
);

const step = exactly({ executionOrder: index, importance: { enum: ['important', 'essential'] }, location });
const threadFlow = exactly({ id: text, locations: list(step, 1) });

const result = exactly(
  {
    ruleId: text,
    ruleIndex: index,
    level,
    message,
    locations: list(location, 1),
    partialFingerprints: exactly({ 'zpciFuzzFailure/v1': { type: 'string', pattern: '^[0-9a-f]{64}$' } }),
    properties: bag,
  },
  {
    codeFlows: list(exactly({ threadFlows: list(threadFlow, 1) }), 1),
    suppressions: list(
      exactly({ kind: { enum: ['external'] }, status: { enum: ['accepted'] }, justification: text }),
      1,
    ),
  },
);

const rule = exactly(
  {
    id: text,
    shortDescription: description,
    fullDescription: description,
    help: description,
    defaultConfiguration: exactly({ level }),
  },
  { helpUri: { ...text, format: 'absolute' } },
);

const LOG = exactly({
  $schema: { ...text, format: 'absolute' },
  version: { const: '2.1.0' },
  runs: {
    ...list(
      exactly({
        tool: exactly({
          driver: exactly({ name: text, version: text, rules: { ...list(rule), uniqueItems: true } }),
        }),
        invocations: list(
          exactly({
            executionSuccessful: { type: 'boolean' },
            toolExecutionNotifications: list(exactly({ level, message })),
          }),
        ),
        originalUriBaseIds: exactly({ '%SRCROOT%': exactly({ description: message }) }),
        columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
        results: { ...list(result), maxItems: 25_000 },
      }),
      1,
    ),
    maxItems: 20,
  },
});

/** Of a URI as RFC 3986 writes it: nothing that has to be escaped, and no `%` but of an escape. */
const URI_CHARACTERS = /^(?:[\w.~:/?#@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+$/;

const check = new Ajv({
  strict: false,
  formats: {
    absolute: (uri: string) => URI_CHARACTERS.test(uri) && URL.canParse(uri),
    relative: (uri: string) =>
      URI_CHARACTERS.test(uri) &&
      !uri.startsWith('/') &&
      !uri.split('/').includes('..') &&
      !URL.canParse(uri),
  },
}).compile(LOG);

/** What is wrong with a log; empty where nothing is. */
export function sarifProblem(log: unknown): string {
  return check(log) ? '' : JSON.stringify(check.errors);
}
