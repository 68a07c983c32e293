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
import type { Call, Thread } from '../../harness/machine/thread.ts';
import { workloads } from '../../harness/scenario/arbitrary.ts';
import type { Stage2Fault } from '../../properties/s2-memattr/evidence.ts';
import { series as s2MemAttr } from './series.ts';
import type { MemAttrWorld } from './world.ts';

const STEPS_MAX = 4_000;

/** All evidence of a run, with calls, threads and faults by number. */
function evidenceOf({ machine, outcome, world }: Run): string {
  const w = world as MemAttrWorld;
  const evidence = [
    [w.mappings, w.stage2Faults, w.leafChanges, w.guestAccesses, w.encodings, w.resets],
    [w.posted, w.entries.map(({ leaf }) => leaf), w.vdev.iMmap, w.memoryEnabled],
  ];
  return JSON.stringify([outcome, machine.steps, evidence], (key, value: unknown) => {
    if (value === null) return null;
    if (key === 'call') return (value as Call).work.operation;
    if (key === 'thread') return (value as Thread).name;
    if (key === 'fault') return (value as Stage2Fault).step;
    return value;
  });
}

describe.each(['pre', 'v1', 'v9', 'post', 'alt-ioctl', 'alt-fd'])('on %s', (state) => {
  test('a world that is used again leaves the evidence of a new one', () => {
    const model = s2MemAttr.model(state)!;
    const benches: Benches = new Map();
    const schedule = new Uint8Array(STEPS_MAX);
    for (const [seed, { world, ops }] of fc
      .sample(workloads(s2MemAttr, 8), { numRuns: 100, seed: 3 })
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
