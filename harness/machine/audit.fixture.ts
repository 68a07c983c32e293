/** Runs cases of a series under the audit: no step may touch more than it names, and each case ends as it should. */
import { describe, expect, test } from 'vitest';
import { random } from '../explore/rng.ts';
import { Uniform } from '../explore/uniform.ts';
import { mainRole } from '../model/field.ts';
import type { Model, Operation, WorldConfig } from '../model/model.ts';
import type { Series } from '../model/series.ts';
import { Audit } from './audit.ts';
import { compileProgram, execute, type Run } from './execute.ts';

const STEPS_MAX = 4_000;

export interface AuditCase {
  readonly world: WorldConfig;
  readonly ops: readonly Operation[];
}

/** One of each kind of operation by its name, without its actor. */
export type OperationKinds = Readonly<Record<string, { readonly [field: string]: Operation[string] }>>;

/** What cases are made of: each kind and variant alone, and any two kinds at a time. */
export function auditOperations(series: Series, kinds: OperationKinds, variants: readonly Operation[]) {
  const names = Object.keys(kinds);
  /** The operation by the `index`-th actor of its role, so that two run concurrently. */
  const operation = (op: string, index: number): Operation => ({
    actor: `${mainRole(series.operations.find(({ name }) => name === op)!)}${index}`,
    op,
    ...kinds[op],
  });
  return {
    operation,
    alone: [...names.map((op) => operation(op, 0)), ...variants].map((one) => [one]),
    pairs: names.flatMap((first, at) =>
      names.slice(at).map((second) => [operation(first, 0), operation(second, 1)]),
    ),
  };
}

/** Each case under schedules by chance, from as many seeds. */
export function audited(
  model: Model,
  cases: readonly AuditCase[],
  seeds: number,
  each: (run: Run, where: string) => void = () => {},
): Audit {
  const audit = new Audit();
  const schedule = new Uint8Array(STEPS_MAX);
  for (const { world, ops } of cases) {
    const program = compileProgram(model, world, ops);
    for (let seed = 0; seed < seeds; seed++) {
      const run = execute(program, new Uniform(random(seed)), STEPS_MAX, schedule, {
        audit,
        observe: (machine) => audit.observing(machine),
      });
      each(run, `${JSON.stringify({ world, ops })} with seed ${seed}`);
    }
  }
  return audit;
}

/** What is wrong with how an execution of a state ended, in words; null if nothing. */
export type Judge = (state: string, run: Run) => string | null;

/** Who was found stuck must stay so: otherwise somebody is missing among those who could cause an event. */
const endedAfterAll = ({ machine }: Run): string[] =>
  (machine.deadlock?.stuck ?? []).flatMap(({ thread, awaits }) =>
    thread.alive ? [] : [`${thread.name} was found stuck in "${awaits}" and ended after all`],
  );

export function testAudit(
  series: Series,
  states: readonly string[],
  cases: readonly AuditCase[],
  seeds: number,
  judge: Judge,
): void {
  describe.each(states)('%s', (state) => {
    test('touches nothing but what its steps name, and ends as it should', () => {
      const wrong = new Set<string>();
      const { findings } = audited(series.model(state)!, cases, seeds, (run, where) => {
        for (const what of [judge(state, run) ?? [], endedAfterAll(run)].flat())
          wrong.add(`${what}: ${where}`);
      });
      expect(findings).toEqual([]);
      expect([...wrong]).toEqual([]);
    });
  });
}
