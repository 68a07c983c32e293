import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BruteForce } from '../../harness/explore/brute-force.fixture.ts';
import { Dpor } from '../../harness/explore/dpor.ts';
import { exploreAll } from '../../harness/explore/exhaustive.ts';
import { random } from '../../harness/explore/rng.ts';
import { Uniform } from '../../harness/explore/uniform.ts';
import { compileProgram, execute, type Run } from '../../harness/machine/execute.ts';
import type { Model, Operation, WorldConfig } from '../../harness/model/model.ts';
import { workloads } from '../../harness/scenario/arbitrary.ts';
import { callRecords } from '../../harness/scenario/recording.ts';
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

/** One way to end, and every claim that it breaks. */
function endOf(model: Model, { machine, outcome, world }: Run): string {
  const broken = new Set<string>();
  for (const { id, check } of model.properties) {
    check({ machine, outcome, evidence: world }, (kind) => broken.add(`${id} ${kind}`));
  }
  return JSON.stringify([
    outcome,
    // By actor: in which order they return is put back by returnOrders.
    [...callRecords(machine.returned, machine.calls)].sort((a, b) =>
      a.actor < b.actor ? -1 : a.actor > b.actor ? 1 : 0,
    ),
    world.device(),
    [...broken].sort(),
  ]);
}

interface Ends {
  readonly ends: ReadonlySet<string>;
  readonly complete: boolean;
  readonly unreduced: bigint | null;
}

function byDpor(model: Model, world: WorldConfig, ops: readonly Operation[], schedulesMax: number): Ends {
  const ends = new Set<string>();
  const program = compileProgram(model, world, ops);
  const { complete, unreduced } = exploreAll(
    program,
    new Uint8Array(STEPS_MAX),
    { ...ALL, schedulesMax },
    (run) => ends.add(endOf(model, run)),
  );
  return { ends, complete, unreduced };
}

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

/** Brute force takes its time: only sequences with fewer schedules are compared. */
const BRUTE_MAX = 3_000n;

describe.each(zpciIo.states.map(({ id }) => id))('on %s, of generated operations', (state) => {
  const model = zpciIo.model(state)!;

  test('the reduction has the ends and violations of all schedules, and counts those', () => {
    let compared = 0;
    for (const { world, ops } of fc.sample(workloads(zpciIo, 3), { numRuns: 120, seed: 7 })) {
      const reduced = byDpor(model, world, ops, 3_000);
      if (!reduced.complete || reduced.unreduced === null || reduced.unreduced > BRUTE_MAX) continue;
      const program = compileProgram(model, world, ops);
      const buffer = new Uint8Array(STEPS_MAX);
      const all = new BruteForce();
      const ends = new Set<string>();
      let schedules = 0n;
      while (all.next()) {
        ends.add(endOf(model, execute(program, all, STEPS_MAX, buffer)));
        schedules++;
      }
      expect([...reduced.ends].sort()).toEqual([...ends].sort());
      expect(reduced.unreduced).toBe(schedules);
      if (schedules > 1n) compared++;
    }
    expect(compared).toBeGreaterThan(15);
  });

  test('whatever random schedules come to, the reduction has come to', () => {
    let compared = 0;
    for (const { world, ops } of fc.sample(workloads(zpciIo, 3), { numRuns: 60, seed: 8 })) {
      const reduced = byDpor(model, world, ops, 4_000);
      if (!reduced.complete) continue;
      const program = compileProgram(model, world, ops);
      const buffer = new Uint8Array(STEPS_MAX);
      const uniform = new Uniform(random(compared));
      for (let i = 0; i < 300; i++) {
        const end = endOf(model, execute(program, uniform, STEPS_MAX, buffer));
        if (!reduced.ends.has(end)) expect([...reduced.ends].sort()).toContain(end);
      }
      compared++;
    }
    expect(compared).toBeGreaterThan(30);
  });
});

test('no race is answered with a guess', () => {
  for (const { world, ops } of fc.sample(workloads(zpciIo, 3), { numRuns: 300, seed: 9 })) {
    const program = compileProgram(zpciIo.model('v1+hp')!, world, ops);
    const buffer = new Uint8Array(STEPS_MAX);
    const all = new Dpor();
    for (let i = 0; i < 300 && all.next(); i++) {
      execute(program, all, STEPS_MAX, buffer);
      all.close();
    }
    expect(all.fallbacks, JSON.stringify({ world, ops })).toBe(0);
  }
});
