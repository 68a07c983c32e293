import { mergeLockOrders } from '../machine/lock-order.ts';
import { predictDeadlocks } from '../machine/lock-order-cycles.ts';
import type { Model } from '../model/model.ts';
import { mergeCoverageBy } from './coverage-by.ts';
import { mergeHangs } from './hang.ts';
import { judged } from './judged.ts';
import { factsOf } from './merge.ts';
import type { Counterexample, Coverage, ModelResult, Verdict } from './result.ts';
import { mergeReturns } from './returns.ts';

/**
 * The result of a search from those of its shards (at least one), as if it had not been cut up. All of them judge the
 * same claims. Their order is no matter.
 */
export function mergeShards(model: Model, shards: readonly ModelResult[], stepsMax: number): ModelResult {
  const coverage = mergeCoverages(
    model,
    shards.map((shard) => shard.coverage),
  );
  const verdicts = shards[0]!.verdicts.map(({ property: id }, at): Verdict => {
    const parts = shards.map((shard) => shard.verdicts[at]!);
    const property = model.properties.find((one) => one.id === id)!;
    const exercised = parts.reduce((sum, part) => sum + part.exercised, 0);
    return judged(property, exercised, mergeKinds(parts), coverage.stepLimits, stepsMax);
  });
  const lockOrder = mergeLockOrders(shards.map((shard) => shard.lockOrder));
  return {
    model: model.id,
    verdicts,
    facts: factsOf(
      model,
      shards[0]!.facts.map(({ property }) => property),
    ),
    counterexamples: mergeCounterexamples(verdicts, shards),
    coverage,
    hangs: mergeHangs(shards.flatMap(({ hangs }) => hangs)),
    lockOrder: { ...lockOrder, predicted: predictDeadlocks(lockOrder) },
    stopped: STOPPED.find((why) => shards.some(({ stopped }) => stopped === why)) ?? null,
  };
}

/** Where shards were stopped for different reasons, the one that says most. */
const STOPPED = ['interrupt', 'hang', 'time', 'bail'] as const satisfies readonly ModelResult['stopped'][];

function mergeKinds(parts: readonly Verdict[]): Verdict['kinds'] {
  const executions = new Map<string, number>();
  for (const one of parts.flatMap(({ kinds }) => kinds)) {
    executions.set(one.kind, (executions.get(one.kind) ?? 0) + one.executions);
  }
  return [...executions]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, times]) => ({ kind, executions: times }));
}

/** Each shard has shrunk what it found first; of these, the search as a whole has the one of the first chunk. */
function mergeCounterexamples(
  verdicts: readonly Verdict[],
  shards: readonly ModelResult[],
): Counterexample[] {
  const all = shards.flatMap(({ counterexamples }) => counterexamples);
  return verdicts.flatMap(({ property, kinds }) =>
    kinds.flatMap(({ kind }) => {
      const [first] = all
        .filter((one) => one.property === property && one.kind === kind)
        .sort((a, b) => a.foundWith.run - b.foundWith.run);
      return first ?? [];
    }),
  );
}

function mergeCoverages(model: Model, parts: readonly Coverage[]): Coverage {
  const sum = (pick: (coverage: Coverage) => number) =>
    parts.reduce((total, coverage) => total + pick(coverage), 0);
  return {
    sequences: sum(({ sequences }) => sequences),
    executions: sum(({ executions }) => executions),
    distinctSchedules: sum(({ distinctSchedules }) => distinctSchedules),
    steps: sum(({ steps }) => steps),
    deadlocks: sum(({ deadlocks }) => deadlocks),
    endlessByDesign: sum(({ endlessByDesign }) => endlessByDesign),
    livelocks: sum(({ livelocks }) => livelocks),
    stepLimits: sum(({ stepLimits }) => stepLimits),
    by: mergeCoverageBy(parts.map(({ by }) => by)),
    functions: model.functions.length,
    functionsNeverReached: model.functions.filter((name) =>
      parts.every(({ functionsNeverReached }) => functionsNeverReached.includes(name)),
    ),
    returns: mergeReturns(
      model.series,
      parts.map(({ returns }) => returns),
    ),
  };
}
