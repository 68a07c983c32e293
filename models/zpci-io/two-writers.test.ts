import { describe, expect, test } from 'vitest';
import { type Deviation, Deviations } from '../../harness/explore/deviations.ts';
import { compileProgram, execute, type Run } from '../../harness/machine/execute.ts';
import type { Operation } from '../../harness/model/model.ts';
import { series as zpciIo } from './series.ts';

const STEPS_MAX = 1000;

const submission = (actor: string, req: Operation[string]): Operation => ({
  actor,
  op: 'region_write',
  pos: 16,
  count: 32,
  req,
});

/** Two writers of one whole store each, of different lengths. */
const STORES: readonly Operation[] = [
  submission('user0', { flags: 2, gaddr: '0x10000', offset: 0, len: 16, pcias: 2 }),
  submission('user1', { flags: 2, gaddr: '0x11000', offset: 8, len: 24, pcias: 2 }),
];

/** Executions, by the kinds of claim that they break; `nothing` for those that break none of the asked ones. */
type Counts = Record<string, number>;

/** Runs every schedule that departs from the default rule at most `deviationsMax` times. */
function count(
  state: string,
  ops: readonly Operation[],
  deviationsMax: number,
  claims: readonly string[],
): Counts {
  const model = zpciIo.model(state)!;
  const program = compileProgram(model, {}, ops);
  const strategy = new Deviations();
  const scratch = new Uint8Array(STEPS_MAX);
  const properties = model.properties.filter(({ id }) => claims.includes(id));
  const counts: Counts = { executions: 0 };

  const judge = ({ machine, outcome, world: evidence }: Run): void => {
    const kinds = new Set<string>();
    for (const { check } of properties) check({ machine, outcome, evidence }, (kind) => kinds.add(kind));
    counts.executions!++;
    for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
    expect(outcome).toBe('finished');
  };

  const explore = (deviations: readonly Deviation[], from: number): void => {
    strategy.deviations = deviations;
    const run = execute(program, strategy, STEPS_MAX, scratch);
    judge(run);
    if (deviations.length === deviationsMax) return;
    const runnable = strategy.counts.slice(0, run.machine.steps);
    for (let step = from; step < runnable.length; step++) {
      for (let choice = 0; choice + 1 < runnable[step]!; choice++) {
        explore([...deviations, { step, choice }], step + 1);
      }
    }
  };
  explore([], 0);
  return counts;
}

const BELONGS = ['request-belongs-to-caller'];
const STAYS = ['request-executes-as-validated', 'access-stays-in-pinned-page'];

describe('two writers of one request each', () => {
  test.each([
    { state: 'v1', deviations: 0, counts: { executions: 1 } },
    { state: 'v1', deviations: 1, counts: { executions: 26, 'executes-another-request': 18 } },
    { state: 'v2-min', deviations: 1, counts: { executions: 26, 'executes-another-request': 18 } },
    { state: 'v2-devlock', deviations: 1, counts: { executions: 26, 'executes-another-request': 18 } },
    { state: 'v2', deviations: 1, counts: { executions: 9 } },
    { state: 'v1', deviations: 2, counts: { executions: 483, 'executes-another-request': 341 } },
    { state: 'v2', deviations: 2, counts: { executions: 41 } },
  ])(
    '$state, at most $deviations departures from the default rule: $counts',
    ({ state, deviations, counts }) => {
      expect(count(state, STORES, deviations, BELONGS)).toEqual(counts);
    },
  );
});

/** user0 loads legally; user1 is refused, but what it wrote stays. */
const REFUSED: readonly Operation[] = [
  submission('user0', { flags: 1, gaddr: '0x10000', offset: 0, len: 8, pcias: 2 }),
  submission('user1', { flags: 1, gaddr: '0x10ffd', offset: 0, len: 8, pcias: 2 }),
];

test('one writer that is refused and one that is not: v1 executes past its checks', () => {
  expect(count('v1', REFUSED, 1, STAYS)).toEqual({
    executions: 26,
    'address-not-aligned': 5,
    'load-runs-past-page': 5,
  });
  expect(count('v2', REFUSED, 1, STAYS)).toEqual({ executions: 10 });
});
