import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { random } from '../explore/rng.ts';
import { Uniform } from '../explore/uniform.ts';
import type { Series } from '../model/series.ts';
import { workloads } from '../scenario/arbitrary.ts';
import { type Benches, compileProgram, execute, executeFresh, type Run } from './execute.ts';

const STEPS_MAX = 4_000;
const SCHEDULES = 3;

/** On each state: what a run leaves, as text, is the same in a world that is used again as in a new one. */
export function testReusedEvidence(
  series: Series,
  states: readonly string[],
  evidenceOf: (run: Run) => string,
): void {
  describe.each(states)('on %s', (state) => {
    test('a world that is used again leaves the evidence of a new one', () => {
      const model = series.model(state)!;
      const benches: Benches = new Map();
      const [schedule, another] = [new Uint8Array(STEPS_MAX), new Uint8Array(STEPS_MAX)];
      const sample = fc.sample(workloads(series, 8), { numRuns: 100, seed: 3 });
      for (const [at, { world, ops }] of sample.entries()) {
        const program = compileProgram(model, world, ops, benches);
        for (let i = 0; i < SCHEDULES; i++) {
          const strategy = () => new Uniform(random(at * SCHEDULES + i));
          const again = evidenceOf(execute(program, strategy(), STEPS_MAX, schedule));
          const fresh = evidenceOf(executeFresh(program, strategy(), STEPS_MAX, another));
          expect(again, JSON.stringify({ world, ops })).toBe(fresh);
        }
      }
    });
  });
}
