import { STRATEGIES } from '../explore/strategies.ts';
import type { Schema } from '../scenario/schema.ts';

const text = { type: 'string' };
const maybeText = { type: ['string', 'null'] };
const number = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
const maybeNumber = { anyOf: [number, { type: 'null' }] };
const flag = { type: 'boolean' };

const list = (items: Schema): Schema => ({ type: 'array', items });

/** All of these fields, and no others. */
const exactly = (properties: { readonly [name: string]: Schema }): Schema => ({
  type: 'object',
  required: Object.keys(properties),
  additionalProperties: false,
  properties,
});

const lockUse = exactly({ lock: text, shared: flag });

const lockOrder = exactly({
  locks: list(text),
  asks: list(
    exactly({
      holds: list(lockUse),
      asks: lockUse,
      by: list(exactly({ actor: text, operation: text, process: maybeText, after: maybeText })),
    }),
  ),
  closed: list(list(text)),
  // Made anew from the others.
  predicted: { type: 'array' },
});

const failure = exactly({ property: text, kind: text });

/** What was shown of these is checked as a scenario of its series. */
const workload = { world: { type: 'object' }, ops: { type: 'array' }, schedule: list(text) };

const model = exactly({
  model: text,
  provenance: exactly({ label: text, status: text }),
  stopped: { enum: [null, 'interrupt', 'time', 'bail', 'hang'] },
  verdicts: list({
    type: 'object',
    required: ['property', 'claim', 'verdict', 'exercised', 'kinds'],
    additionalProperties: false,
    properties: {
      property: text,
      claim: text,
      verdict: { enum: ['holds', 'violated', 'inconclusive'] },
      reason: text,
      exercised: number,
      kinds: list(exactly({ kind: text, executions: number })),
    },
  }),
  facts: list(
    exactly({
      property: text,
      claim: text,
      verdict: { enum: ['holds', 'violated'] },
      // Made anew from the model.
      findings: { type: 'array' },
    }),
  ),
  counterexamples: list(
    exactly({
      property: text,
      kind: text,
      minimal: flag,
      foundWith: exactly({ ops: number, run: number }),
      scenario: { type: 'object' },
    }),
  ),
  coverage: exactly({
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
  }),
  hangs: list(
    exactly({
      during: { enum: ['step', 'choice', 'claim', 'preparation', 'generation', 'unknown'] },
      actor: maybeText,
      operation: maybeText,
      function: maybeText,
      claim: maybeText,
      step: maybeNumber,
      times: number,
      foundWith: exactly({
        run: number,
        sequence: maybeNumber,
        shrinking: { anyOf: [failure, { type: 'null' }] },
      }),
      ...workload,
    }),
  ),
  lockOrder,
});

/** The schema of what `run --json` prints. */
export const shardReportSchema = (): Schema => ({
  type: 'object',
  required: [
    'format',
    'tool',
    'version',
    'seed',
    'shard',
    'runs',
    'strategy',
    'maxOps',
    'maxSteps',
    'maxSchedules',
    'models',
  ],
  additionalProperties: false,
  properties: {
    format: { const: 1 },
    tool: { const: 'zpci-fuzz' },
    version: text,
    seed: number,
    shard: text,
    shardsMissing: list(text),
    runs: maybeNumber,
    strategy: { enum: [...STRATEGIES] },
    maxOps: number,
    maxSteps: number,
    maxSchedules: number,
    models: list(model),
  },
});
