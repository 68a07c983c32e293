/** States that must not differ, on generated operations: steps that change nothing, versions, and barriers. */
import { describe, expect, test } from 'vitest';
import { likeness } from '../../harness/campaign/likeness.fixture.ts';
import type { Workload } from '../../harness/scenario/arbitrary.ts';
import { series as remoteVm } from './series.ts';
import type { RemoteVmWorld } from './world.ts';

const { sample: SAMPLE, areAlike } = likeness(remoteVm, (world) => {
  const { polls, crashes } = world as RemoteVmWorld;
  return [polls.map(({ cr, status, bodyOf }) => [cr, status, bodyOf]), crashes.map(({ kind }) => kind)];
});

/** The first so many patches of a version. */
const first = (version: string, count: number): string =>
  `${version}:${Array.from({ length: count }, (_, at) => at + 1).join('+')}`;

const with_ = (changes: Workload['world']): readonly Workload[] =>
  SAMPLE.map(({ world, ops }) => ({ world: { ...world, ...changes }, ops }));

describe('a part of a version', () => {
  test.each([1, 2])('%d patches of v2 are pre: nothing is logged yet', (count) =>
    areAlike('pre', first('v2', count)),
  );

  test('5 to 8 patches of v2 are 4: debugfs, a workqueue, a cache and a function without a user', () => {
    for (const count of [5, 6, 7, 8]) areAlike(first('v2', 4), first('v2', count));
  });

  test.each(['v2', 'v3', 'v4'])('up to the eighth patch, %s is any other version', (version) => {
    areAlike(first('v1', 7), first(version, 7));
  });

  test('7 patches with the knob for page requests are altA', () => {
    areAlike('altA', 'v4:1+2+3+4+5+6+7+16');
  });
});

test('what was merged is v4', () => areAlike('v4', 'merged'));

test('wmb() and smp_wmb() are alike, with weakly ordered stores, too', () => {
  areAlike('merged+1', 'smpwmb');
  areAlike('merged+1', 'smpwmb', with_({ stores: 'weak' }));
});

test('where a fault of open is not asked for, merged+open-errors is merged+1', () => {
  areAlike('merged+1', 'merged+open-errors', with_({ fault: 'none' }));
});

test('versions that differ are told apart by this', () => {
  expect(() => areAlike('altA', 'v4')).toThrow();
  expect(() => areAlike('v4', 'merged+1', with_({ wq0: 'dedicated', fault: 'set_pasid' }))).toThrow();
});
