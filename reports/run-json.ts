import type { Counterexample, Coverage, ModelResult, Verdict } from '../harness/campaign/result.ts';
import type { Provenance } from './state-name.ts';

export interface RunJsonInput {
  readonly seed: number;
  readonly results: readonly ModelResult[];
  /** Where each state comes from, by model id (`zpci-io/v1`). */
  readonly labels: ReadonlyMap<string, Provenance>;
}

export interface ModelJson {
  readonly model: string;
  readonly provenance: Provenance;
  /** Set if the run ended before its budget was used: verdicts then cover less than asked for. */
  readonly stopped: ModelResult['stopped'];
  readonly verdicts: readonly Verdict[];
  readonly counterexamples: readonly Counterexample[];
  readonly coverage: Coverage;
}

export interface RunJson {
  readonly format: 1;
  readonly tool: 'zpci-fuzz';
  readonly seed: number;
  readonly models: readonly ModelJson[];
}

/**
 * What `run --json` prints. Keys are written out one by one, so that their order does not depend on who made the
 * results.
 *
 * @throws if a model has no label: a state is never named without one.
 */
export function runJson({ seed, results, labels }: RunJsonInput): RunJson {
  return {
    format: 1,
    tool: 'zpci-fuzz',
    seed,
    models: results.map((result) => {
      const provenance = labels.get(result.model);
      if (provenance === undefined) {
        throw new Error(
          `expected a provenance label for ${result.model}, got them for ${[...labels.keys()].join(', ') || 'no model'}`,
        );
      }
      return modelJson(result, provenance);
    }),
  };
}

function modelJson(result: ModelResult, { label, status }: Provenance): ModelJson {
  return {
    model: result.model,
    provenance: { label, status },
    stopped: result.stopped,
    verdicts: result.verdicts.map(verdictJson),
    counterexamples: result.counterexamples.map(counterexampleJson),
    coverage: coverageJson(result.coverage),
  };
}

function verdictJson({ property, claim, verdict, reason, exercised, kinds }: Verdict): Verdict {
  return {
    property,
    claim,
    verdict,
    ...(reason === undefined ? {} : { reason }),
    exercised,
    kinds: kinds.map(({ kind, executions }) => ({ kind, executions })),
  };
}

function counterexampleJson(found: Counterexample): Counterexample {
  const { format, model, world, ops, schedule } = found.scenario;
  return {
    property: found.property,
    kind: found.kind,
    minimal: found.minimal,
    foundWith: { ops: found.foundWith.ops, run: found.foundWith.run },
    scenario: {
      format,
      model,
      ...(world === undefined ? {} : { world }),
      ops,
      ...(schedule === undefined ? {} : { schedule }),
    },
  };
}

function coverageJson(coverage: Coverage): Coverage {
  return {
    sequences: coverage.sequences,
    executions: coverage.executions,
    distinctSchedules: coverage.distinctSchedules,
    steps: coverage.steps,
    deadlocks: coverage.deadlocks,
    endlessByDesign: coverage.endlessByDesign,
    stepLimits: coverage.stepLimits,
    functions: coverage.functions,
    functionsNeverReached: [...coverage.functionsNeverReached],
    returns: Object.fromEntries(
      Object.entries(coverage.returns)
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([op, values]) => [op, [...values]]),
    ),
  };
}
