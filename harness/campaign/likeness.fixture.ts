/** Whether two states of a series behave alike on generated operations, under the same schedules by chance. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { random } from '../explore/rng.ts';
import { Uniform } from '../explore/uniform.ts';
import { compileProgram, execute } from '../machine/execute.ts';
import type { Model, World } from '../model/model.ts';
import type { Series } from '../model/series.ts';
import { type Workload, workloads } from '../scenario/arbitrary.ts';
import { callRecords } from '../scenario/recording.ts';

const STEPS_MAX = 3_000;
const SCHEDULES = 6;

export interface Likeness {
  readonly sample: readonly Workload[];
  /** Fails with the first workload on which they differ. */
  areAlike(one: string, other: string, sample?: readonly Workload[]): void;
}

/** `seen`: what else of a world counts, besides calls and device. */
export function likeness(series: Series, seen: (world: World) => unknown = () => null): Likeness {
  const all = fc.sample(workloads(series, 6), { numRuns: 250, seed: 3 });
  const behaviourOf = (model: Model, { world, ops }: Workload): unknown => {
    const program = compileProgram(model, world, ops);
    const buffer = new Uint8Array(STEPS_MAX);
    return Array.from({ length: SCHEDULES }, (_, seed) => {
      const {
        machine,
        outcome,
        world: after,
      } = execute(program, new Uniform(random(seed)), STEPS_MAX, buffer);
      const calls = callRecords(machine.returned, machine.calls);
      return { outcome, calls, device: after.device(), seen: seen(after) };
    });
  };
  return {
    sample: all,
    areAlike(one, other, sample = all) {
      const [a, b] = [series.model(one)!, series.model(other)!];
      expect(sample.length).toBeGreaterThan(50);
      for (const workload of sample) {
        expect(behaviourOf(b, workload), JSON.stringify(workload)).toEqual(behaviourOf(a, workload));
      }
    },
  };
}
