import type { Model, SeriesInfo } from '../model/model.ts';
import type { Bound } from '../scenario/small-scenarios.ts';
import { type ExhaustChunk, type ExhaustFound, type ExhaustOptions, isShorter } from './exhaust.ts';
import { judged } from './judged.ts';
import { factsOf, mergeLockOrder } from './merge.ts';
import type { LockOrderSummary, ModelResult, Verdict } from './result.ts';

/** What was explored of one bound. */
export interface BoundCoverage extends Omit<ExhaustChunk, 'exercised' | 'found' | 'lockOrder'> {
  readonly bound: Bound;
  /** In words. */
  readonly about: string;
  /** Scenarios the bound has. */
  readonly of: number;
  /** Whether nothing of it is left. */
  readonly complete: boolean;
}

/** A broken claim with the shortest scenario that breaks it in any of the bounds. */
export interface VerifyViolation extends ExhaustFound {
  /** Whether no scenario of the bounds is shorter. */
  readonly isShortest: boolean;
}

/** What an exhaustive exploration of a model says. */
export interface VerifyResult {
  readonly model: string;
  /** Whether every bound was explored to its end, and none is left. */
  readonly exhaustive: boolean;
  /** What cited facts say of the state itself. */
  readonly facts: ModelResult['facts'];
  readonly bounds: readonly BoundCoverage[];
  readonly verdicts: readonly Verdict[];
  readonly violations: readonly VerifyViolation[];
  readonly lockOrder: LockOrderSummary;
  /** Set if it was stopped before its end: by a signal or --time. */
  readonly stopped: 'interrupt' | 'time' | null;
}

/** A bound as far as it was explored. */
export interface ExploredBound {
  readonly bound: Bound;
  readonly of: number;
  /** In the order of the bound. */
  readonly chunks: readonly ExhaustChunk[];
}

/** The first of the shortest, over chunks in any order. */
export function mergeFoundOf(chunks: readonly ExhaustChunk[]): ExhaustFound[] {
  const merged = new Map<string, ExhaustFound>();
  for (const { found } of chunks) {
    for (const one of found) {
      const key = `${one.property} ${one.kind}`;
      const known = merged.get(key);
      if (known === undefined) merged.set(key, one);
      else {
        const shorter =
          known.shortest === null || (one.shortest !== null && isShorter(one.shortest, known.shortest))
            ? one.shortest
            : known.shortest;
        merged.set(key, {
          ...known,
          schedules: known.schedules + one.schedules,
          scenarios: known.scenarios + one.scenarios,
          shortest: shorter,
          settled: known.settled && one.settled,
        });
      }
    }
  }
  return [...merged.values()];
}

export function mergeVerify(
  model: Model,
  options: ExhaustOptions,
  explored: readonly ExploredBound[],
  stopped: VerifyResult['stopped'],
): VerifyResult {
  const bounds = explored.map((one) => coverageOf(model.series, one));
  // Of bounds that were not begun nothing is known here.
  const exhaustive = stopped === null && bounds.every(({ complete }) => complete);
  const order = new Map(model.properties.map(({ id }, at) => [id, at]));
  const violations = mergeViolations(explored).sort(
    (a, b) => order.get(a.property)! - order.get(b.property)! || (a.kind < b.kind ? -1 : 1),
  );
  const properties = model.properties.filter(({ id }) => options.properties.includes(id));
  const stepLimits = bounds.reduce((sum, bound) => sum + bound.stepLimits, 0);
  const verdicts = properties.map((property, at): Verdict => {
    const exercised = explored
      .flatMap(({ chunks }) => chunks)
      .reduce((sum, chunk) => sum + chunk.exercised[at]!, 0);
    const kinds = violations
      .filter((one) => one.property === property.id)
      .map(({ kind, schedules }) => ({ kind, executions: schedules }));
    return judged(property, exercised, kinds, stepLimits, options.stepsMax);
  });
  const lockOrder = mergeLockOrder(explored.flatMap(({ chunks }) => chunks));
  const facts = factsOf(model, options.properties);
  return { model: model.id, exhaustive, bounds, verdicts, facts, violations, lockOrder, stopped };
}

/** Bounds come with growing numbers of operations: the shortest scenario is one of the first bound that has any. */
function mergeViolations(explored: readonly ExploredBound[]): VerifyViolation[] {
  const merged = new Map<string, VerifyViolation>();
  // Otherwise a shorter one may be in what was left out, here or where there are fewer operations.
  let complete = true;
  for (const { bound, of, chunks } of explored) {
    const scenarios = chunks.reduce((sum, chunk) => sum + chunk.scenarios, 0);
    complete &&= scenarios === of && chunks.every((chunk) => chunk.incomplete === 0);
    for (const one of mergeFoundOf(chunks)) {
      const key = `${one.property} ${one.kind}`;
      const known = merged.get(key);
      if (known === undefined) {
        const isShortest =
          bound.kind === 'typical' && complete && one.settled && one.shortest?.exact === true;
        merged.set(key, { ...one, isShortest });
      } else {
        merged.set(key, {
          ...known,
          schedules: known.schedules + one.schedules,
          scenarios: known.scenarios + one.scenarios,
        });
      }
    }
  }
  return [...merged.values()];
}

function coverageOf(series: SeriesInfo, { bound, of, chunks }: ExploredBound): BoundCoverage {
  const sum = (pick: (chunk: ExhaustChunk) => number) =>
    chunks.reduce((total, chunk) => total + pick(chunk), 0);
  const scenarios = sum((chunk) => chunk.scenarios);
  const incomplete = sum((chunk) => chunk.incomplete);
  return {
    bound,
    about: describeBound(series, bound),
    of,
    scenarios,
    schedules: sum((chunk) => chunk.schedules),
    pruned: sum((chunk) => chunk.pruned),
    steps: sum((chunk) => chunk.steps),
    stepLimits: sum((chunk) => chunk.stepLimits),
    livelocks: sum((chunk) => chunk.livelocks),
    incomplete,
    largest: Math.max(0, ...chunks.map((chunk) => chunk.largest)),
    unreduced: String(chunks.reduce((total, chunk) => total + BigInt(chunk.unreduced), 0n)),
    counted: sum((chunk) => chunk.counted),
    deadlocks: sum((chunk) => chunk.deadlocks),
    endlessByDesign: sum((chunk) => chunk.endlessByDesign),
    complete: scenarios === of && incomplete === 0,
  };
}

const NUMBERS = ['no', 'one', 'two', 'three', 'four', 'five', 'six'];
const inWords = (value: number): string => NUMBERS[value] ?? String(value);

/** What a bound has, as a clause: `every sequence of two operations …`. */
export function describeBound(series: SeriesInfo, bound: Bound): string {
  if (bound.kind === 'small world') {
    return series.smallWorlds?.find(({ id }) => id === bound.id)?.about ?? bound.id;
  }
  const { ops, changes } = bound;
  const away =
    changes === 0
      ? 'all fields and settings at their typical values'
      : `up to ${inWords(changes)} field${changes === 1 ? '' : 's'} or setting${changes === 1 ? '' : 's'} at another boundary value`;
  return `${operationsInWords(ops)}, ${away}`;
}

function operationsInWords(ops: number): string {
  if (ops === 0) return 'no operation at all';
  if (ops === 1) return 'every single operation';
  const actors = `up to ${inWords(ops)} actors`;
  return `every ${inWords(ops)} operations of ${actors}${ops > 2 ? ', at most two of a role' : ''}`;
}
