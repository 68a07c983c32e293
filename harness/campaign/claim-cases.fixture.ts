/** Fixed operations for each claim: a state that breaks it, and one that is asked the same and keeps it. */
import { describe, expect, test } from 'vitest';
import { type Deviation, Deviations } from '../explore/deviations.ts';
import { compileProgram, execute, type Run } from '../machine/execute.ts';
import type { Model, Operation, WorldConfig } from '../model/model.ts';
import type { Series } from '../model/series.ts';
import { record } from '../scenario/recording.ts';

const STEPS_MAX = 10_000;

export interface ClaimCase {
  readonly claim: string;
  readonly kind: string;
  /** The state that breaks it. */
  readonly state: string;
  readonly ops: readonly Operation[];
  readonly world?: WorldConfig;
  /** Who takes the first steps, before the default rule goes on. */
  readonly first?: readonly (readonly [actor: string, steps: number])[];
  /** A state on which the same operations ask the same of the claim, and do not break it; null if there is none. */
  readonly keeper: string | null;
}

/** What one claim says of every schedule that departs from the default rule at most once; null if it does not apply. */
export function explored(
  model: Model,
  claim: string,
  ops: readonly Operation[],
  world: WorldConfig = {},
): { readonly kinds: readonly string[]; readonly exercised: boolean } | null {
  const property = model.properties.find(({ id }) => id === claim);
  if (property === undefined) return null;
  const program = compileProgram(model, world, ops);
  const strategy = new Deviations();
  const scratch = new Uint8Array(STEPS_MAX);
  const kinds = new Set<string>();
  let exercised = false;

  const judge = (deviations: readonly Deviation[]): Run => {
    strategy.deviations = deviations;
    const run = execute(program, strategy, STEPS_MAX, scratch);
    const execution = { machine: run.machine, outcome: run.outcome, evidence: run.world };
    exercised = property.check(execution, (kind) => kinds.add(kind)) || exercised;
    return run;
  };

  const usual = judge([]);
  const runnable = strategy.counts.slice(0, usual.machine.steps);
  runnable.forEach((count, step) => {
    for (let choice = 0; choice + 1 < count; choice++) judge([{ step, choice }]);
  });
  return { kinds: [...kinds], exercised };
}

export function testClaimCases(series: Series, cases: readonly ClaimCase[]): void {
  const ids = new Set(series.properties.map(({ id }) => id));

  test('every claim of the series has a state that breaks it', () => {
    const broken = new Set(cases.map(({ claim }) => claim));
    expect([...ids].filter((id) => !broken.has(id))).toEqual([]);
    expect([...broken].filter((claim) => !ids.has(claim))).toEqual([]);
  });

  describe.each(cases)('$claim ($kind)', (one) => {
    const { claim, kind, state, ops, world = {}, first = [], keeper } = one;

    test(`${state} breaks it`, () => {
      const schedule = first.flatMap(([actor, steps]) => Array<string>(steps).fill(actor));
      const scenario = { format: 1, model: `${series.name}/${state}`, ops, world, schedule } as const;
      const { violations, exercised, stale } = record(series.model(state)!, scenario, STEPS_MAX);
      expect(stale).toBeNull();
      const found = violations.find((violation) => violation.property === claim && violation.kind === kind);
      expect(found, JSON.stringify(violations)).toBeDefined();
      expect(found!.expected).not.toEqual(found!.actual);
      expect(exercised).toContain(claim);
    });

    if (keeper === null) return;
    test(`${keeper} is asked and keeps it`, () => {
      expect(explored(series.model(keeper)!, claim, ops, world)).toEqual({ kinds: [], exercised: true });
    });
  });
}
