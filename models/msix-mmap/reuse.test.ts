import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { random } from '../../harness/explore/rng.ts';
import { Uniform } from '../../harness/explore/uniform.ts';
import {
  type Benches,
  compileProgram,
  execute,
  executeFresh,
  type Run,
} from '../../harness/machine/execute.ts';
import type { Call } from '../../harness/machine/thread.ts';
import { workloads } from '../../harness/scenario/arbitrary.ts';
import { series as msixMmap } from './series.ts';
import type { MsixWorld } from './world.ts';

const STEPS_MAX = 4_000;

/** All evidence of a run, with calls by number. */
function evidenceOf({ machine, outcome, world }: Run): string {
  const w = world as MsixWorld;
  const evidence = [
    [w.alignments, w.opens, w.closes, w.decisions, w.gates, w.infos, w.mmaps, w.exposures, w.hotPlugs],
    [w.touches, w.tableWrites, w.tableAccesses, w.hostWrites, w.interrupts, w.oops, w.device()],
  ];
  return JSON.stringify([outcome, machine.steps, evidence], (key, value: unknown) =>
    key === 'call' && value !== null ? (value as Call).work.operation : value,
  );
}

describe.each(msixMmap.states.map(({ id }) => id))('on %s', (state) => {
  test('a world that is used again leaves the evidence of a new one', () => {
    const model = msixMmap.model(state)!;
    const benches: Benches = new Map();
    const schedule = new Uint8Array(STEPS_MAX);
    for (const [seed, { world, ops }] of fc
      .sample(workloads(msixMmap, 8), { numRuns: 100, seed: 3 })
      .entries()) {
      const program = compileProgram(model, world, ops, benches);
      for (let i = 0; i < 3; i++) {
        const strategy = () => new Uniform(random(seed * 3 + i));
        const again = evidenceOf(execute(program, strategy(), STEPS_MAX, schedule));
        expect(again).toBe(
          evidenceOf(executeFresh(program, strategy(), STEPS_MAX, new Uint8Array(STEPS_MAX))),
        );
      }
    }
  });
});
