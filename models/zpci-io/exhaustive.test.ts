import { describe, expect, test } from 'vitest';
import { exploreAll } from '../../harness/explore/exhaustive.ts';
import { testReduction } from '../../harness/explore/reduction.fixture.ts';
import { compileProgram } from '../../harness/machine/execute.ts';
import type { Operation } from '../../harness/model/model.ts';
import { series as zpciIo } from './series.ts';

const STEPS_MAX = 2_000;
const ALL = { stepsMax: STEPS_MAX, schedulesMax: 200_000, preemptionsMax: null };

const submission = (actor: string, req: Operation[string]): Operation => ({
  actor,
  op: 'region_write',
  pos: 16,
  count: 32,
  req,
});

describe('two writers at the granularity of the source', () => {
  const writers: readonly Operation[] = [
    submission('user0', { flags: 1, gaddr: '0x10000', offset: 0, len: 8, pcias: 0 }),
    submission('user1', { flags: 2, gaddr: '0x11008', offset: 8, len: 64, pcias: 0 }),
  ];
  const removal: readonly Operation[] = [writers[0]!, { actor: 'admin', op: 'power_off' }];

  test.each([
    { state: 'v1', ops: writers, schedules: 290, unreduced: 27_569_181_690n, bad: 278 },
    { state: 'v1+hp', ops: writers, schedules: 290, unreduced: 27_569_181_690n, bad: 278 },
    { state: 'v2-min', ops: writers, schedules: 290, unreduced: 27_569_181_690n, bad: 278 },
    { state: 'v2', ops: writers, schedules: 2, unreduced: 622n, bad: 0 },
    { state: 'v1+hp', ops: removal, schedules: 91, unreduced: 148_610_328_256n, bad: 91 },
    { state: 'v2', ops: removal, schedules: 7, unreduced: 6_389_871_046n, bad: 0 },
    { state: 'v3', ops: removal, schedules: 3, unreduced: 3_655_194n, bad: 0 },
    { state: 'mainline', ops: removal, schedules: 3, unreduced: 2_287_692n, bad: 0 },
  ])('$state: $schedules schedules instead of $unreduced, $bad of them bad', (row) => {
    const model = zpciIo.model(row.state)!;
    const judged = ['request-belongs-to-caller', 'no-deadlock'];
    const properties = model.properties.filter(({ id }) => judged.includes(id));
    let bad = 0;
    const explored = exploreAll(
      compileProgram(model, {}, row.ops),
      new Uint8Array(STEPS_MAX),
      ALL,
      ({ machine, outcome, world }) => {
        let broken = false;
        for (const { check } of properties) {
          check({ machine, outcome, evidence: world }, () => {
            broken = true;
          });
        }
        if (broken) bad++;
      },
    );
    expect({ schedules: explored.schedules, unreduced: explored.unreduced, bad }).toEqual({
      schedules: row.schedules,
      unreduced: row.unreduced,
      bad: row.bad,
    });
  });
});

testReduction(zpciIo);
