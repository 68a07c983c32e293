import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { random } from '../../harness/explore/rng.ts';
import { Uniform } from '../../harness/explore/uniform.ts';
import { compileProgram, executeFresh } from '../../harness/machine/execute.ts';
import type { Operation, WorldConfig } from '../../harness/model/model.ts';
import { workloads } from '../../harness/scenario/arbitrary.ts';
import { callRecords } from '../../harness/scenario/recording.ts';
import { series as msixMmap } from './series.ts';

const STEPS_MAX = 4_000;
const POSTED = msixMmap.states.map(({ id }) => id).filter((id) => !id.includes('mutant'));

/** What was called and returned, and what reached the device; null where it did not end. */
function behaviour(
  state: string,
  world: WorldConfig,
  ops: readonly Operation[],
  seed: number,
): string | null {
  const program = compileProgram(msixMmap.model(state)!, world, ops);
  const run = executeFresh(program, new Uniform(random(seed)), STEPS_MAX, new Uint8Array(STEPS_MAX));
  const calls = callRecords(run.machine.returned, run.machine.calls);
  return run.outcome === 'finished' ? JSON.stringify([calls, run.world.device()]) : null;
}

describe('MX-I13: with pages of 4 KiB, large BARs and no MSI-X', () => {
  const ordinary: WorldConfig = {
    pageSize: 4096,
    bars: [
      { bar: 0, size: 0x1000, at: 0 },
      { bar: 2, size: 0x20000, at: 0x20000 },
    ],
    neighbour: [{ bar: 0, size: 0x1000, at: 0x1000 }],
  };
  // Their answers came with rfc1 and went with rfc2, and with v5.11.
  const samples = fc.sample(workloads(msixMmap, 6), { numRuns: 150, seed: 13 }).map(({ ops }) =>
    // One thread: with others, the step of a schedule stands for another place in another kernel.
    ops
      .filter(({ op }) => !['device_info', 'ioeventfd', 'set_irqs'].includes(op))
      .map((op) => ({ ...op, actor: 'user0' })),
  );

  test.each(POSTED)('%s returns what pre returns', (state) => {
    for (const [seed, ops] of samples.entries()) {
      expect(behaviour(state, ordinary, ops, seed)).toBe(behaviour('pre', ordinary, ops, seed));
    }
  });

  test('and a mutant does not', () => {
    // The rest of a page of no bytes is refused.
    const differs = samples.some(
      (ops, seed) =>
        behaviour('v4.8+mutant-off-by-one', ordinary, ops, seed) !== behaviour('pre', ordinary, ops, seed),
    );
    expect(differs).toBe(true);
  });
});

describe('patches of rfc4 that do not need each other', () => {
  const orders = ['rfc4:7+6+5+4+3+2+1', 'rfc4:4+1+7+2+5+3+6', 'rfc4:5+6+7+1+2+3+4'];
  const samples = fc.sample(workloads(msixMmap, 5), { numRuns: 120, seed: 14 });

  test.each(orders)('%s does what rfc4 does', (order) => {
    for (const [seed, { world, ops }] of samples.entries()) {
      expect(behaviour(order, world, ops, seed)).toBe(behaviour('rfc4', world, ops, seed));
    }
  });
});
