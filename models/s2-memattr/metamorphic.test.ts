/** States that must not differ, on generated operations: steps that change nothing, versions, and worlds without flags. */
import { describe, expect, test } from 'vitest';
import { likeness } from '../../harness/campaign/likeness.fixture.ts';
import type { Workload } from '../../harness/scenario/arbitrary.ts';
import { series as s2MemAttr } from './series.ts';

const { sample: SAMPLE, areAlike } = likeness(s2MemAttr);

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
