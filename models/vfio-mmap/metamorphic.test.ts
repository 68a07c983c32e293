/** States that must not differ, on generated operations: orders of patches, versions, and steps that change nothing. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { likeness } from '../../harness/campaign/likeness.fixture.ts';
import { type Workload, workloads } from '../../harness/scenario/arbitrary.ts';
import { series as vfioMmap } from './series.ts';

const { sample: SAMPLE, areAlike } = likeness(vfioMmap);

const hasNoSyscall = ({ ops }: Workload): boolean => !ops.some(({ op }) => op.startsWith('mmio_'));
const isOffS390 = ({ world }: Workload): boolean => world.arch === 'x86' || world.arch === 'powerpc';

describe('the order of patches is no matter', () => {
  test.each(['v3:1+3+2', 'v3:2+1+3', 'v3:2+3+1', 'v3:3+1+2', 'v3:3+2+1'])('%s is v3', (order) =>
    areAlike('v3', order),
  );

  test.each([
    ['v3:1+3', 'v3:3+1'],
    ['v3:2+3', 'v3:3+2'],
    ['v7', 'v7:2+1+3'],
  ])('%s is %s', (one, other) => areAlike(one, other));
});

describe('versions that differ in their text alone behave alike', () => {
  test.each(['v1', 'v2'])('%s is v3', (version) => areAlike('v3', version));
  test.each(['v1:3', 'v2:3'])('%s is v3:3', (version) => areAlike('v3:3', version));
});

describe('a step of a series changes what it says and nothing else', () => {
  test('without the two system calls, patch 1 changes nothing', () => {
    areAlike('v3:2+3', 'v3', SAMPLE.filter(hasNoSyscall));
    areAlike('pre', 'v3:1', SAMPLE.filter(hasNoSyscall));
  });

  test('patch 2 of v7 on its own changes nothing: the flag is set for all of s390', () =>
    areAlike('v7:1', 'v7:1+2'));

  test('off s390, patches 1 and 3 change nothing', () => {
    const offS390 = fc.sample(workloads(vfioMmap, 6), { numRuns: 2_000, seed: 4 }).filter(isOffS390);
    expect(offS390.length).toBeGreaterThan(50);
    areAlike('pre', 'v3:1+3', offS390);
  });
});
