import type { Hang } from '../harness/campaign/hang.ts';
import type {
  Counterexample,
  Coverage,
  CoverageBy,
  LockOrderSummary,
  ModelResult,
  Verdict,
} from '../harness/campaign/result.ts';
import type { StrategyName } from '../harness/explore/strategies.ts';
import { factsJson } from './facts-json.ts';
import { lockOrderJson } from './lock-order-json.ts';
import type { Provenance } from './state-name.ts';
import { verdictJson } from './verdict-json.ts';

/** What was searched and how: together with the models, all that a result depends on. */
export interface RunSettings {
  /** Version of the tool. */
  readonly version: string;
  readonly seed: number;
  /** The part of the work that was done, `2/8`; of all of it `1/1`. */
  readonly shard: string;
  /** Parts that a merged report lacks; absent where it lacks none. */
  readonly shardsMissing?: readonly string[];
  /** Operation sequences for each model, in all shards together; null if only time ended the search. */
  readonly runs: number | null;
  readonly strategy: StrategyName;
  readonly maxOps: number;
  readonly maxSteps: number;
  /** Schedules after which `--strategy exhaustive` went on to the next sequence. */
  readonly maxSchedules: number;
}

export interface RunJsonInput {
  readonly settings: RunSettings;
  readonly results: readonly ModelResult[];
  /** States that were to be searched, and were not. */
  readonly leftOut?: readonly string[];
  /** Where each state comes from, by model id (`zpci-io/v1`). */
  readonly labels: ReadonlyMap<string, Provenance>;
}

export interface ModelJson {
  readonly model: string;
  readonly provenance: Provenance;
  /** Set if the run ended before its budget was used: verdicts then cover less than asked for. */
  readonly stopped: ModelResult['stopped'];
  readonly verdicts: readonly Verdict[];
  /** What cited facts say of the state itself; nothing is executed for it. */
  readonly facts: ModelResult['facts'];
  readonly counterexamples: readonly Counterexample[];
  readonly coverage: Coverage;
  /** Where the model did not come back. */
  readonly hangs: readonly Hang[];
  readonly lockOrder: LockOrderSummary;
}

export interface RunJson extends RunSettings {
  readonly format: 1;
  readonly tool: 'zpci-fuzz';
  /** States that were to be searched, and were not: the run was stopped before. Absent where there are none. */
  readonly leftOut?: readonly string[];
  readonly models: readonly ModelJson[];
}

/**
 * What `run --json` prints. Keys are written out one by one, so that their order does not depend on who made the
 * results.
 *
 * @throws if a model has no label: a state is never named without one.
 */
export function runJson({ settings, results, leftOut = [], labels }: RunJsonInput): RunJson {
  const { version, seed, shard, shardsMissing, runs, strategy, maxOps, maxSteps, maxSchedules } = settings;
  return {
    format: 1,
    tool: 'zpci-fuzz',
    version,
    seed,
    shard,
    ...(shardsMissing === undefined ? {} : { shardsMissing: [...shardsMissing] }),
    runs,
    strategy,
    maxOps,
    maxSteps,
    maxSchedules,
    ...(leftOut.length === 0 ? {} : { leftOut: [...leftOut] }),
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

export function modelJson(result: ModelResult, { label, status }: Provenance): ModelJson {
  return {
    model: result.model,
    provenance: { label, status },
    stopped: result.stopped,
    verdicts: result.verdicts.map(verdictJson),
    facts: factsJson(result.facts),
    counterexamples: result.counterexamples.map(counterexampleJson),
    coverage: coverageJson(result.coverage),
    hangs: result.hangs.map(hangJson),
    lockOrder: lockOrderJson(result.lockOrder),
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

function hangJson(hang: Hang): Hang {
  const { run, sequence, shrinking } = hang.foundWith;
  return {
    during: hang.during,
    actor: hang.actor,
    operation: hang.operation,
    function: hang.function,
    claim: hang.claim,
    step: hang.step,
    times: hang.times,
    foundWith: {
      run,
      sequence,
      shrinking: shrinking === null ? null : { property: shrinking.property, kind: shrinking.kind },
    },
    world: hang.world,
    ops: hang.ops,
    schedule: hang.schedule,
  };
}

export function coverageJson(coverage: Coverage): Coverage {
  return {
    sequences: coverage.sequences,
    executions: coverage.executions,
    distinctSchedules: coverage.distinctSchedules,
    steps: coverage.steps,
    deadlocks: coverage.deadlocks,
    endlessByDesign: coverage.endlessByDesign,
    livelocks: coverage.livelocks,
    stepLimits: coverage.stepLimits,
    by: byJson(coverage.by),
    functions: coverage.functions,
    functionsNeverReached: [...coverage.functionsNeverReached],
    returns: Object.fromEntries(
      Object.entries(coverage.returns)
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([op, values]) => [op, [...values]]),
    ),
  };
}

function byJson({ corpus, exhaustive, random, pct }: CoverageBy): CoverageBy {
  return {
    corpus: { entries: corpus.entries, reproduced: corpus.reproduced },
    exhaustive: {
      sequences: exhaustive.sequences,
      complete: exhaustive.complete,
      schedules: exhaustive.schedules,
    },
    random: { executions: random.executions },
    pct: { executions: pct.executions, threads: pct.threads, steps: pct.steps, depth: pct.depth },
  };
}
