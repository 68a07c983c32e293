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
import { series as msixMmap } from './series.ts';
import type { MsixWorld } from './world.ts';

const STEPS_MAX = 2_000;
const ALL = { stepsMax: STEPS_MAX, schedulesMax: 200_000, preemptionsMax: null };

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

describe('a hot add at the granularity of the source', () => {
  const mapping: Operation = { actor: 'user0', op: 'mmap', bar: 0, offset: 0, length: 0x1000, as: 'm0' };
  const arrival: Operation = { actor: 'admin', op: 'hot_add', slot: 2, size: 0x1000 };
  const open: Operation = { actor: 'user0', op: 'open' };
  const against = { world: {}, ops: [mapping, arrival] };
  const opening = { world: { opened: false }, ops: [open, mapping, arrival] };

  test.each([
    { state: 'rfc4', ...against, schedules: 4, unreduced: 53_790n, bad: 2 },
    { state: 'v4.8', ...against, schedules: 3, unreduced: 50_388n, bad: 0 },
    { state: 'rfc4', ...opening, schedules: 6, unreduced: 409_370n, bad: 2 },
    { state: 'v4.8', ...opening, schedules: 7, unreduced: 999_030n, bad: 0 },
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

/** Brute force takes its time: only sequences with fewer schedules are compared. */
const BRUTE_MAX = 3_000n;

describe.each(msixMmap.states.map(({ id }) => id))('on %s, of generated operations', (state) => {
  const model = msixMmap.model(state)!;

  test('the reduction has the ends and violations of all schedules, and counts those', () => {
    let compared = 0;
    for (const { world, ops } of fc.sample(workloads(msixMmap, 3), { numRuns: 120, seed: 7 })) {
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
    for (const { world, ops } of fc.sample(workloads(msixMmap, 3), { numRuns: 60, seed: 8 })) {
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
  for (const { world, ops } of fc.sample(workloads(msixMmap, 3), { numRuns: 300, seed: 9 })) {
    const program = compileProgram(msixMmap.model('rfc4')!, world, ops);
    const buffer = new Uint8Array(STEPS_MAX);
    const all = new Dpor();
    for (let i = 0; i < 300 && all.next(); i++) {
      execute(program, all, STEPS_MAX, buffer);
      all.close();
    }
    expect(all.fallbacks, JSON.stringify({ world, ops })).toBe(0);
  }
});
