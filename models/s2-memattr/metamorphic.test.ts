/** States that must not differ, on generated operations: steps that change nothing, versions, and worlds without flags. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { random } from '../../harness/explore/rng.ts';
import { Uniform } from '../../harness/explore/uniform.ts';
import { compileProgram, execute } from '../../harness/machine/execute.ts';
import type { Model } from '../../harness/model/model.ts';
import { type Workload, workloads } from '../../harness/scenario/arbitrary.ts';
import { callRecords } from '../../harness/scenario/recording.ts';
import { series as s2MemAttr } from './series.ts';

const STEPS_MAX = 2_000;
const SCHEDULES = 6;

const SAMPLE = fc.sample(workloads(s2MemAttr, 6), { numRuns: 250, seed: 3 });

/** What the VMM, the guest and the devices saw, under the same schedules by chance. */
function behaviourOf(model: Model, { world, ops }: Workload): unknown {
  const program = compileProgram(model, world, ops);
  const buffer = new Uint8Array(STEPS_MAX);
  return Array.from({ length: SCHEDULES }, (_, seed) => {
    const { machine, outcome, world: after } = execute(program, new Uniform(random(seed)), STEPS_MAX, buffer);
    return { outcome, calls: callRecords(machine.returned, machine.calls), device: after.device() };
  });
}

function areAlike(one: string, other: string, sample: readonly Workload[] = SAMPLE): void {
  const [a, b] = [s2MemAttr.model(one)!, s2MemAttr.model(other)!];
  for (const workload of sample) {
    expect(behaviourOf(b, workload), JSON.stringify(workload)).toEqual(behaviourOf(a, workload));
  }
}

const asksEncoder = ({ ops }: Workload): boolean => ops.some(({ op }) => op === 'set_prot_attr');
const WITHOUT_ENCODER = SAMPLE.filter((workload) => !asksEncoder(workload));

/** The same with vfio-platform wherever a driver would set the flag. */
const unflagged: readonly Workload[] = WITHOUT_ENCODER.map(({ world, ops }) => {
  const instead = (backing: unknown) =>
    backing === undefined || backing === 'pci' || backing === 'vfio_ram' || backing === 'resmem';
  return {
    world: { ...world, ...(instead(world.slot0) ? { slot0: 'platform' } : {}), slot1: 'mem' },
    ops: ops.map((op) => (op.op === 'mmap' && instead(op.backing) ? { ...op, backing: 'platform' } : op)),
  };
});

describe('a part of the series changes nothing', () => {
  test.each(['v3:1', 'v4:1', 'v4:1+2', 'v9:1', 'v9:1+2', 'v9:1+2+3', 'v9:1+2+4'])(
    '%s is pre, but for who calls the encoder himself',
    (state) => areAlike('pre', state, WITHOUT_ENCODER),
  );
});

describe('versions differ in the encoder alone', () => {
  test.each(['v3', 'v4', 'v5', 'v6', 'v7'])('%s is v9 to the guest', (state) =>
    areAlike('v9', state, WITHOUT_ENCODER),
  );

  test('v8 is v7, and v9 is v8', () => {
    areAlike('v7', 'v8');
    areAlike('v8', 'v9');
  });

  test('v6 is v5', () => areAlike('v5', 'v6'));
});

test('the order of the last two patches of v9 is nothing to the whole', () => areAlike('v9', 'v9:1+2+4+3'));

test.each(['v3', 'v7', 'v9', 'merged+nvgrace'])('where no VMA has the flag, %s is pre', (state) =>
  areAlike('pre', state, unflagged),
);

test('the samples are of some size', () => {
  expect(WITHOUT_ENCODER.length).toBeGreaterThan(100);
});
