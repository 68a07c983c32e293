import type { Schema } from '../scenario/schema.ts';
import {
  COVERAGE,
  exactly,
  flag,
  list,
  maybeNumber,
  maybeText,
  number,
  orNull,
  PROVENANCE,
  SETTINGS,
  STOPPED,
  text,
  VERDICT,
} from './report-schema.ts';

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
  predicted: list(
    exactly({
      locks: list(text),
      threads: list(
        exactly({ actor: text, operation: text, held: lockUse, asks: lockUse, holds: list(lockUse) }),
      ),
      writers: list(exactly({ lock: text, actor: text, operation: text })),
    }),
  ),
});

const failure = exactly({ property: text, kind: text });

/** What these may hold is for their series to say: corpus/entry.schema.json. */
const operations = list({ type: 'object', required: ['actor', 'op'], properties: { actor: text, op: text } });
const workload = { world: { type: 'object' }, ops: operations, schedule: list(text) };

const model = exactly({
  model: text,
  provenance: PROVENANCE,
  stopped: STOPPED,
  verdicts: list(
    exactly(
      {
        property: text,
        claim: text,
        verdict: VERDICT,
        exercised: number,
        kinds: list(exactly({ kind: text, executions: number })),
      },
      { reason: text },
    ),
  ),
  facts: list(
    exactly({
      property: text,
      claim: text,
      verdict: { enum: ['holds', 'violated'] },
      findings: list(
        exactly({ kind: text, message: text, expected: list(text), actual: list(text), source: text }),
      ),
    }),
  ),
  counterexamples: list(
    exactly({
      property: text,
      kind: text,
      minimal: flag,
      foundWith: exactly({ ops: number, run: number }),
      scenario: exactly(
        { format: { const: 1 }, model: text, ops: operations },
        { world: workload.world, schedule: workload.schedule },
      ),
    }),
  ),
  coverage: COVERAGE,
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
        shrinking: orNull(failure),
      }),
      ...workload,
    }),
  ),
  lockOrder,
});

/** The schema of what `run --json` and `merge --json` print. */
export const runReportSchema = (): Schema =>
  exactly({ ...SETTINGS, models: list(model) }, { shardsMissing: list(text), leftOut: list(text) });
