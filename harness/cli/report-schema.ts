/** What the schemas of the JSON reports have in common. All are strict: a field that they do not name is an error. */
import { STRATEGIES } from '../explore/strategies.ts';
import type { Schema } from '../scenario/schema.ts';

type Fields = { readonly [name: string]: Schema };

export const text: Schema = { type: 'string' };
export const maybeText: Schema = { type: ['string', 'null'] };
export const number: Schema = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
export const flag: Schema = { type: 'boolean' };

export const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });
export const maybeNumber: Schema = orNull(number);

export const list = (items: Schema): Schema => ({ type: 'array', items });

/** All of these fields, these others where they are, and no more. */
export const exactly = (required: Fields, optional: Fields = {}): Schema => ({
  type: 'object',
  required: Object.keys(required),
  additionalProperties: false,
  properties: { ...required, ...optional },
});

export const STATUS: Schema = { enum: ['posted', 'merged', 'proposed in review', 'inferred', 'mutant'] };
export const PROVENANCE = exactly({ label: text, status: STATUS });
export const VERDICT: Schema = { enum: ['holds', 'violated', 'inconclusive'] };
export const STOPPED: Schema = { enum: [null, 'interrupt', 'time', 'bail', 'hang'] };

/** What every report of a search begins with. */
export const SETTINGS: Fields = {
  format: { const: 1 },
  tool: { const: 'zpci-fuzz' },
  version: text,
  seed: number,
  shard: text,
  runs: maybeNumber,
  strategy: { enum: [...STRATEGIES] },
  maxOps: number,
  maxSteps: number,
  maxSchedules: number,
};

export const COVERAGE = exactly({
  sequences: number,
  executions: number,
  distinctSchedules: number,
  steps: number,
  deadlocks: number,
  endlessByDesign: number,
  livelocks: number,
  stepLimits: number,
  by: exactly({
    corpus: exactly({ entries: number, reproduced: number }),
    exhaustive: exactly({ sequences: number, complete: number, schedules: number }),
    random: exactly({ executions: number }),
    pct: exactly({ executions: number, threads: number, steps: number, depth: number }),
  }),
  functions: number,
  functionsNeverReached: list(text),
  returns: {
    type: 'object',
    additionalProperties: list({ type: ['integer', 'string'], pattern: '^SIG[A-Z]{3,4}$' }),
  },
});
