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
import { workloads } from '../../harness/scenario/arbitrary.ts';
import { series as remoteVm } from './series.ts';
import type { RemoteVmWorld } from './world.ts';

const STEPS_MAX = 4_000;

/** What a run left, with whatever names a thread, a call, a process or a file by number or name. */
function evidenceOf({ machine, outcome, world }: Run): string {
  const w = world as RemoteVmWorld;
  const evidence = [w.files, w.descriptors, w.writes, w.faultIns, w.polls, w.items, w.fixups, w.pageWaits];
  return JSON.stringify([outcome, machine.steps, evidence, w.crashes, w.messages], (key, value: unknown) => {
    switch (key) {
      case 'thread':
        return machine.threads.indexOf(value as (typeof machine.threads)[number]);
      case 'call':
        return machine.calls.indexOf(value as (typeof machine.calls)[number]);
      case 'mm':
        return w.mms.indexOf(value as (typeof w.mms)[number]);
      default:
        return value;
    }
  });
}

describe.each(['pre', 'v2', 'v3', 'altB', 'merged'])('on %s', (state) => {
  test('a world that is used again leaves the evidence of a new one', () => {
    const model = remoteVm.model(state)!;
    const benches: Benches = new Map();
    const schedule = new Uint8Array(STEPS_MAX);
    const sample = fc.sample(workloads(remoteVm, 8), { numRuns: 100, seed: 3 });
    for (const [seed, { world, ops }] of sample.entries()) {
      const program = compileProgram(model, world, ops, benches);
      for (let i = 0; i < 3; i++) {
        const strategy = () => new Uniform(random(3 * seed + i));
        const again = evidenceOf(execute(program, strategy(), STEPS_MAX, schedule));
        const fresh = evidenceOf(executeFresh(program, strategy(), STEPS_MAX, schedule));
        expect(again, JSON.stringify({ world, ops })).toBe(fresh);
      }
    }
  });
});
