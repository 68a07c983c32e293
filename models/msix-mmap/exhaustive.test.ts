import { describe, expect, test } from 'vitest';
import { exploreAll } from '../../harness/explore/exhaustive.ts';
import { testReduction } from '../../harness/explore/reduction.fixture.ts';
import { compileProgram } from '../../harness/machine/execute.ts';
import type { Operation } from '../../harness/model/model.ts';
import { series as msixMmap } from './series.ts';
import type { MsixWorld } from './world.ts';

const STEPS_MAX = 2_000;
const ALL = { stepsMax: STEPS_MAX, schedulesMax: 200_000, preemptionsMax: null };

describe('a hot add at the granularity of the source', () => {
  const mapping: Operation = { actor: 'user0', op: 'mmap', bar: 0, offset: 0, length: 0x1000, as: 'm0' };
  const arrival: Operation = { actor: 'admin', op: 'hot_add', slot: 2, size: 0x1000 };
  const open: Operation = { actor: 'user0', op: 'open' };
  const against = { world: {}, ops: [mapping, arrival] };
  const opening = { world: { opened: false }, ops: [open, mapping, arrival] };

  test.each([
    { state: 'rfc4', ...against, schedules: 4, unreduced: 157_950n, bad: 2 },
    { state: 'v4.8', ...against, schedules: 3, unreduced: 125_970n, bad: 0 },
    { state: 'rfc4', ...opening, schedules: 10, unreduced: 1_618_565n, bad: 4 },
    { state: 'v4.8', ...opening, schedules: 9, unreduced: 3_783_951n, bad: 0 },
  ])(
    '$state, $ops.length operations: $schedules schedules instead of $unreduced, $bad of them bad',
    (row) => {
      let bad = 0;
      const explored = exploreAll(
        compileProgram(msixMmap.model(row.state)!, row.world, row.ops),
        new Uint8Array(STEPS_MAX),
        ALL,
        ({ world }) => {
          if ((world as MsixWorld).exposures.length > 0) bad++;
        },
      );
      const { schedules, unreduced } = row;
      expect({ schedules: explored.schedules, unreduced: explored.unreduced, bad }).toEqual({
        schedules,
        unreduced,
        bad: row.bad,
      });
    },
  );
});

testReduction(msixMmap);
