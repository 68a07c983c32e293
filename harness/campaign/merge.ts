import { mergeLockOrders } from '../machine/lock-order.ts';
import { predictDeadlocks } from '../machine/lock-order-cycles.ts';
import type { Model } from '../model/model.ts';
import type { ChunkResult, SearchOptions } from './chunk.ts';
import { mergeCoverageBy } from './coverage-by.ts';
import type { Found } from './found.ts';
import { mergeHangs } from './hang.ts';
import { judged } from './judged.ts';
import type { Coverage, LockOrderSummary, ModelResult, Shrunk, Verdict } from './result.ts';
import { mergeReturns } from './returns.ts';

/** First finding of each failure identity over all chunks, in the order of the claims. Order of chunks is no matter. */
export function mergeFound(model: Model, chunks: readonly ChunkResult[]): Found[] {
  const merged = new Map<string, Found>();
  for (const { found } of [...chunks].sort((a, b) => a.chunk - b.chunk)) {
    for (const one of found) {
      const key = `${one.property} ${one.kind}`;
      const known = merged.get(key);
      merged.set(
        key,
        known === undefined ? one : { ...known, executions: known.executions + one.executions },
      );
    }
  }
  const order = new Map(model.properties.map(({ id }, at) => [id, at]));
  return [...merged.values()].sort(
    (a, b) =>
      order.get(a.property)! - order.get(b.property)! || (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0),
  );
}

/** Verdicts and coverage of a whole search. */
export function mergeResult(
  model: Model,
  options: SearchOptions,
  chunks: readonly ChunkResult[],
  shrunk: readonly Shrunk[],
  stopped: ModelResult['stopped'],
): ModelResult {
  const found = mergeFound(model, chunks);
  const properties = model.properties.filter(({ id }) => options.properties.includes(id));
  const coverage = mergeCoverage(model, chunks);
  const verdicts = properties.map((property, at): Verdict => {
    const exercised = chunks.reduce((sum, chunk) => sum + chunk.exercised[at]!, 0);
    const kinds = found
      .filter((one) => one.property === property.id)
      .map(({ kind, executions }) => ({ kind, executions }));
    return judged(property, exercised, kinds, coverage.stepLimits, options.stepsMax);
  });
  const lockOrder = mergeLockOrder(chunks);
  const counterexamples = shrunk.flatMap(({ counterexample }) => counterexample ?? []);
  const hangs = mergeHangs([...chunks, ...shrunk].flatMap((one) => one.hangs));
  const facts = factsOf(model, options.properties);
  return { model: model.id, verdicts, facts, counterexamples, coverage, hangs, lockOrder, stopped };
}

/** What cited facts say of a state, of the selected claims. */
export const factsOf = (model: Model, properties: readonly string[]): ModelResult['facts'] =>
  model.stateVerdicts.filter(({ property }) => properties.includes(property));

export function mergeLockOrder(chunks: readonly Pick<ChunkResult, 'lockOrder'>[]): LockOrderSummary {
  const record = mergeLockOrders(chunks.map(({ lockOrder }) => lockOrder));
  return { ...record, predicted: predictDeadlocks(record) };
}

function mergeCoverage(model: Model, chunks: readonly ChunkResult[]): Coverage {
  const sum = (pick: (chunk: ChunkResult) => number) =>
    chunks.reduce((total, chunk) => total + pick(chunk), 0);
  const reached = new Set(chunks.flatMap((chunk) => chunk.functionsReached));
  return {
    sequences: sum((chunk) => chunk.sequences),
    executions: sum((chunk) => chunk.executions),
    distinctSchedules: sum((chunk) => chunk.distinctSchedules),
    steps: sum((chunk) => chunk.steps),
    deadlocks: sum((chunk) => chunk.deadlocks),
    endlessByDesign: sum((chunk) => chunk.endlessByDesign),
    livelocks: sum((chunk) => chunk.livelocks),
    stepLimits: sum((chunk) => chunk.stepLimits),
    by: mergeCoverageBy(chunks.map((chunk) => chunk.by)),
    functions: model.functions.length,
    functionsNeverReached: model.functions.filter((name) => !reached.has(name)),
    returns: mergeReturns(
      model.series,
      chunks.map(({ returns }) => returns),
    ),
  };
}
