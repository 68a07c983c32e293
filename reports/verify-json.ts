import type { Ends } from '../harness/campaign/ends.ts';
import type { BoundCoverage, VerifyResult } from '../harness/campaign/exhausted.ts';
import type { LockOrderSummary, Verdict } from '../harness/campaign/result.ts';
import type { Model } from '../harness/model/model.ts';
import type { Scenario } from '../harness/scenario/scenario.ts';
import { type Limits, limitsText, scenarioBound } from './bound-text.ts';
import { factsJson } from './facts-json.ts';
import { lockOrderJson } from './lock-order-json.ts';
import { type Provenance, provenanceOf } from './state-name.ts';
import { verdictJson } from './verdict-json.ts';

interface ViolationJson {
  readonly property: string;
  readonly kind: string;
  /** Explored schedules that break the claim. */
  readonly schedules: number;
  /** Operation sequences under one of whose schedules it breaks. */
  readonly scenarios: number;
  readonly scenario: Scenario | null;
  /** Context switches of the scenario. */
  readonly switches: number | null;
  /** Whether nothing within the bound that breaks the claim is shorter. */
  readonly shortest: boolean;
}

interface VerifyHead {
  readonly format: 1;
  readonly model: string;
  readonly provenance: Provenance;
  /** Whether nothing within the bound was left out. */
  readonly exhaustive: boolean;
  readonly bound: string;
  readonly scenarios: number;
  /** Schedules executed to their end. */
  readonly schedules: number;
  /** Schedules begun and abandoned, since what could follow was explored elsewhere. */
  readonly pruned: number;
  /** How many schedules there are without reduction, in decimal; null where that was not counted. */
  readonly unreduced: string | null;
}

/** What `verify FILE --json` prints. */
export interface EndsJson extends VerifyHead {
  readonly outcomes: readonly {
    readonly outcome: string;
    readonly calls: unknown;
    readonly device: unknown;
  }[];
  readonly violations: readonly ViolationJson[];
  readonly verdicts: readonly Verdict[];
}

/** What `verify MODEL --json` prints. */
export interface VerifyJson extends VerifyHead {
  readonly stopped: VerifyResult['stopped'];
  readonly bounds: readonly object[];
  readonly violations: readonly ViolationJson[];
  readonly verdicts: readonly Verdict[];
  readonly facts: VerifyResult['facts'];
  readonly lockOrder: LockOrderSummary;
}

export function endsJson(model: Model, scenario: Scenario, ends: Ends, limits: Limits): EndsJson {
  const { explored } = ends;
  return {
    format: 1,
    model: model.id,
    provenance: provenanceOf(model.state.source),
    exhaustive: explored.complete,
    bound: scenarioBound(scenario, limits),
    scenarios: 1,
    schedules: explored.schedules,
    pruned: explored.pruned,
    unreduced: explored.unreduced === null ? null : String(explored.unreduced),
    outcomes: ends.ends.map(({ outcome, calls, device }) => ({ outcome, calls, device })),
    violations: ends.violations.map((found) => ({
      property: found.property,
      kind: found.kind,
      schedules: found.schedules,
      scenarios: 1,
      scenario: found.scenario,
      switches: found.switches,
      shortest: found.isShortest,
    })),
    verdicts: ends.verdicts.map(verdictJson),
  };
}

export function verifyJson(result: VerifyResult, provenance: Provenance, limits: Limits): VerifyJson {
  const { bounds } = result;
  const sum = (pick: (bound: BoundCoverage) => number) =>
    bounds.reduce((total, bound) => total + pick(bound), 0);
  const counted = bounds.every((bound) => bound.counted === bound.of);
  return {
    format: 1,
    model: result.model,
    provenance,
    exhaustive: result.exhaustive,
    bound: `${bounds.map(({ about }) => about).join('; ')}${limitsText(limits)}`,
    scenarios: sum(({ scenarios }) => scenarios),
    schedules: sum(({ schedules }) => schedules),
    pruned: sum(({ pruned }) => pruned),
    unreduced: counted ? String(bounds.reduce((total, bound) => total + BigInt(bound.unreduced), 0n)) : null,
    stopped: result.stopped,
    bounds: bounds.map((bound) => ({
      bound: bound.about,
      exhaustive: bound.complete,
      scenarios: bound.scenarios,
      of: bound.of,
      givenUp: bound.incomplete,
      schedules: bound.schedules,
      pruned: bound.pruned,
      steps: bound.steps,
      stepLimits: bound.stepLimits,
      livelocks: bound.livelocks,
      largest: bound.largest,
      unreduced: { schedules: bound.unreduced, scenarios: bound.counted },
      deadlocks: bound.deadlocks,
      endlessByDesign: bound.endlessByDesign,
    })),
    violations: result.violations.map((found) => ({
      property: found.property,
      kind: found.kind,
      schedules: found.schedules,
      scenarios: found.scenarios,
      scenario: found.shortest?.scenario ?? null,
      switches: found.shortest?.switches ?? null,
      shortest: found.isShortest,
    })),
    verdicts: result.verdicts.map(verdictJson),
    facts: factsJson(result.facts),
    lockOrder: lockOrderJson(result.lockOrder),
  };
}
